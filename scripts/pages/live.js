// SPDX-License-Identifier: MIT
// live: fetches the page anew when usher says that something changed, and lets minutes count by themselves.
// Pages are whole without it. It leaves a page alone while somebody types in it, keeps what was unfolded, and
// asks at most every two seconds, however much changes.
"use strict";
(() => {
  const topic = document.body.dataset.live;
  if (!topic || !window.EventSource) return;
  const QUIET_MS = 2000;   // between two looks
  const ANYWAY_MS = 60000; // mails go out without anybody saying so
  const MINUTE_MS = 60000;
  const skew = Number(document.body.dataset.now) - Date.now(); // practice has a clock of its own
  let wanted = false, fetching = false, last = Date.now();

  const main = () => document.getElementById("main");

  function isBusy() {
    const active = document.activeElement;
    return active && active.matches("input:not([type=submit], [type=hidden]), textarea, select");
  }

  // What was unfolded stays so: the n-th <details> of the page is the same one in the fresh page.
  function keepOpen(fresh) {
    const before = [...main().querySelectorAll("details")], after = fresh.querySelectorAll("details");
    if (before.length !== after.length) return;
    before.forEach((one, i) => { after[i].open = one.open; });
  }

  // The fresh page says the same where nothing has changed: then nothing on the screen moves.
  function show(text) {
    const fresh = new DOMParser().parseFromString(text, "text/html").getElementById("main");
    if (!fresh) return;
    keepOpen(fresh);
    count(fresh);
    if (fresh.innerHTML === main().innerHTML) return;
    const focused = document.activeElement && document.activeElement.id;
    main().replaceWith(fresh);
    if (focused && document.getElementById(focused)) document.getElementById(focused).focus();
  }

  async function renew() {
    wanted = true;
    if (fetching || isBusy() || document.hidden) return;
    const wait = last + QUIET_MS - Date.now();
    if (wait > 0) { setTimeout(look, wait); return; }
    wanted = false;
    fetching = true;
    last = Date.now();
    try {
      const answer = await fetch(location.href, { headers: { "x-live": "1" } });
      if (answer.redirected) location.reload(); // the log-in has ended
      else if (answer.ok) show(await answer.text());
    } catch { /* the line is down: the next change, or the next minute, tries again */ }
    fetching = false;
    look();
  }

  function look() { if (wanted) renew(); }

  // "5 min left" and the clocks count on between two looks.
  function count(within) {
    const now = Date.now() + skew;
    for (const one of within.querySelectorAll("[data-ends]")) {
      const minutes = Math.ceil((Number(one.dataset.ends) - now) / MINUTE_MS);
      one.textContent = minutes > 0 ? `${minutes} min left` : `${-minutes} min over`;
      one.className = minutes <= 1 ? "left last" : minutes <= 5 ? "left soon" : "left";
    }
    for (const one of within.querySelectorAll("[data-zone]")) {
      one.textContent = new Intl.DateTimeFormat("en-GB",
        { hour: "2-digit", minute: "2-digit", timeZone: one.dataset.zone }).format(now);
    }
  }

  new EventSource(topic).onmessage = renew;
  setInterval(() => count(main()), 1000);
  setInterval(renew, ANYWAY_MS);
  document.addEventListener("focusout", () => setTimeout(look, 0));
  document.addEventListener("visibilitychange", look);
})();
