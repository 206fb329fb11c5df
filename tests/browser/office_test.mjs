// SPDX-License-Identifier: MIT
// The organisers' pages as organisers use them: let in by a mailed link, on a phone and on a desktop, with
// JavaScript and without; changes appear by themselves.
import * as browser from "../support/browser.mjs";
import { check, equal, finish, holds } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";

const ORGANISER = "doim@moic.example";
const WAIT = { timeout: 20000 };

const office = await openOffice({ script: "hlb.lua", example: "examples/03-briefing-2021",
  now: "2021-02-08 08:55 Asia/Thimphu" });
await office.run();
await office.command("approve", "hlb-2021", "--all", "--by", "doim");
const event = `${office.site}/e/hlb-2021`;
let asked = 0;

/** Somebody who has asked for a link and has pressed its button. */
async function logIn(address, device, settings) {
  const person = await browser.visitor(device, settings);
  await person.goto(`${office.site}/login`);
  await person.getByLabel("Your mail address").fill(address);
  await person.getByRole("button", { name: "Send me a link" }).click();
  holds(await person.textContent("main"), "a link is on its way");
  asked += 1;
  const mail = await office.waitMail(address, "Log in", asked);
  await person.goto(office.linksIn(mail)[0]);
  await person.getByRole("button", { name: "Log in" }).click();
  await person.waitForURL(event);
  return person;
}

async function look(page, name, javaScriptEnabled = true) {
  await browser.fits(page);
  if (javaScriptEnabled) { // without it the pages look the same
    await browser.screenshot(page, name);
    await browser.accessible(page);
  }
  browser.quiet(page);
}

const PAGES = { today: "", people: "/people", person: "/person?key=S01", missing: "/missing",
  attendance: "/attendance",
  answers: "/signups", survey: "/survey", interest: "/interest", questions: "/questions",
  outbox: "/outbox", rule: "/outbox/invitation", schedule: "/schedule", log: "/log", you: "/you" };

async function lookAtAll(page, device, javaScriptEnabled) {
  for (const [name, path] of Object.entries(PAGES)) {
    await page.goto(event + path);
    await look(page, `office-${name}-${device.name}`, javaScriptEnabled);
  }
}

// ---- before the event -----------------------------------------------------------------------------------

await check("a stranger sees the way in and nothing else", async () => {
  const stranger = await browser.visitor(browser.phone);
  for (const path of ["/", ...Object.values(PAGES).map((page) => `/e/hlb-2021${page}`), "/run/hlb-2021"]) {
    await stranger.goto(office.site + path);
    equal(new URL(stranger.url()).pathname, "/login");
  }
  await look(stranger, "office-login-phone");
});

const desk = await logIn(ORGANISER, browser.desktop);

await check("the first page says what goes out next, and then what went out", async () => {
  holds(await desk.textContent("main"), "Nothing waits for you.");
  holds(await desk.textContent("main"), "Nothing has gone out today.");
  await office.goTo("2021-02-08 09:01 Asia/Thimphu");
  await desk.reload();
  const sent = desk.getByRole("row", { name: /invitation/ }).filter({ hasText: "sent" });
  holds(await sent.textContent(), "24");
});

await check("an answer appears on the open page without anybody loading it again", async () => {
  await desk.goto(event);
  await desk.evaluate(() => { window.stayed = true; });
  const invitation = await office.waitMail("secretary@education.example", "Invitation");
  const guest = await browser.visitor(browser.phone);
  await guest.goto(office.linksIn(invitation)[0]);
  await guest.getByRole("button", { name: /come/ }).first().click();
  await desk.getByRole("listitem").filter({ hasText: /^1 coming/ }).waitFor(WAIT);
  equal(await desk.evaluate(() => window.stayed), true);
});

await check("an answer is written down for a guest, with who and how", async () => {
  await desk.goto(`${event}/people`);
  await desk.getByRole("link", { name: "Dasho Sonam Wangmo" }).click();
  await desk.getByLabel("How it came").fill("her office phoned");
  await desk.getByRole("button", { name: "Comes", exact: true }).click();
  holds(await desk.textContent(".lead"), "comes");
  holds(await desk.textContent("main"), "DoIM, MoIC: answer, yes (her office phoned)");
  await desk.getByRole("link", { name: "Log", exact: true }).click();
  holds(await desk.textContent("main"), "yes (her office phoned)");
});

await check("an address is corrected, and the list says what it was", async () => {
  await desk.goto(`${event}/person?key=S03`);
  await desk.getByLabel("Mail address").fill("secretary@treasury.example");
  await desk.getByRole("button", { name: "Correct" }).click();
  holds(await desk.textContent("main"), "it was secretary@finance.example");
});

await check("a person is found by part of the name", async () => {
  await desk.goto(`${event}/people`);
  await desk.getByLabel("Part of a name or address").fill("wangmo");
  await desk.getByRole("button", { name: "Show" }).click();
  holds(await desk.textContent("main"), "2 guests");
});

await check("a mail is read as it was sent, without the links that are the guest's own", async () => {
  await desk.goto(`${event}/person?key=S02`);
  await desk.getByText("Invitation: High-Level").first().click();
  const letter = await desk.textContent("pre.letter");
  holds(letter, "Karma Dorji");
  equal(/\/a\/[\w-]{30}/.test(letter), false);
});

for (const [device, javaScriptEnabled] of [[browser.phone, true], [browser.desktop, true],
  [browser.phone, false]]) {
  const how = `${device.name} with JavaScript ${javaScriptEnabled ? "on" : "off"}`;
  await check(`every page is whole on a ${how}`, async () => {
    const person = await logIn(ORGANISER, device, { javaScriptEnabled });
    await lookAtAll(person, device, javaScriptEnabled);
    await person.getByRole("button", { name: "Log out", exact: true }).click();
    equal(new URL(person.url()).pathname, "/login");
    await person.goto(event);
    equal(new URL(person.url()).pathname, "/login");
    await browser.leave(person);
  });
}

await check("in the dark, too", async () => {
  await desk.emulateMedia({ colorScheme: "dark" });
  for (const path of [PAGES.today, PAGES.answers, PAGES.log]) {
    await desk.goto(event + path);
    await browser.accessible(desk);
  }
  await browser.screenshot(desk, "office-log-desktop-dark");
  await desk.emulateMedia({ colorScheme: "light" });
});

await finish();
