// SPDX-License-Identifier: MIT
// live: fetches the page anew when usher says that something changed. Pages are whole without it.
// Leaves the page alone while somebody types in it.
"use strict";
(() => {
  const topic = document.body.dataset.live;
  if (!topic || !window.EventSource) return;
  let wanted = false;

  async function renew() {
    const active = document.activeElement;
    if (active && active.matches("input:not([type=submit]), textarea, select")) { wanted = true; return; }
    wanted = false;
    const answer = await fetch(location.href, { headers: { "x-live": "1" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const main = fresh.getElementById("main");
    if (main) document.getElementById("main").replaceWith(main);
  }

  new EventSource(topic).onmessage = renew;
  document.addEventListener("focusout", () => { if (wanted) setTimeout(renew, 0); });
})();
