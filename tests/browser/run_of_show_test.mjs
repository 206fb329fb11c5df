// SPDX-License-Identifier: MIT
// The page of the day: the host runs it from a telephone, by the link of a mail; others see it move.
import * as browser from "../support/browser.mjs";
import { check, equal, finish, holds } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";

const HOST = "karma.tshering@moic.example";
const ORGANISER = "doim@moic.example";
const GUEST = "secretary@education.example";
const WAIT = { timeout: 20000 };

const office = await openOffice({ script: "hlb.lua", example: "examples/03-briefing-2021",
  now: "2021-02-24 14:00 Asia/Thimphu" });
await office.run();
await office.command("approve", "hlb-2021", "--all", "--by", "doim");

async function look(page, name) {
  await browser.screenshot(page, name);
  await browser.fits(page);
  await browser.accessible(page);
  browser.quiet(page);
}

await office.command("answer", "S02", "yes");
await office.command("answer", "S01", "yes");
await office.goTo("2021-02-25 12:01 Asia/Thimphu");
const runOfShow = await office.waitMail(HOST, "Run of show");
const runLink = office.linksIn(runOfShow).find((link) => link.includes("/run/"));
await office.goTo("2021-02-25 14:06 Asia/Thimphu");

const host = await browser.visitor(browser.phone);
const viewer = await browser.visitor(browser.desktop, { colorScheme: "dark" });

await check("the host's mail leads to the page of the day", async () => {
  await host.goto(runLink);
  equal(await host.textContent("section.now h1"), "Remarks");
  holds(await host.textContent("section.now"), "Mr. Kiyoug Ko");
  holds(await host.textContent("section.now"), "min left");
  holds(await host.textContent("section.next"), "Group Photo");
  holds(await host.textContent("main"), "The end at 16:30 holds.");
  await look(host, "run-phone");
});

await check("five minutes later are seen on every open page, and the fixed end stays in view", async () => {
  await viewer.goto(runLink);
  await viewer.evaluate(() => { window.stayed = true; });
  await host.getByRole("button", { name: "+5 min" }).click();
  holds(await host.textContent(".end"), "the end is 16:35, 5 min after the planned 16:30");
  await viewer.getByText("the end is 16:35").waitFor(WAIT);
  equal(await viewer.evaluate(() => window.stayed), true);
  await look(viewer, "run-desktop-dark");
});

await check("the next speaker is told the new time", async () => {
  await office.goTo("2021-02-25 14:07 Asia/Thimphu");
  const told = await office.waitMail("lallana@ideacorp.example", "New time");
  holds(told.subject, "at 16:15"); // his cue came at 14:00 in Thimphu
  holds(told.text, "we are running late");
});

await check("an item without a time is on from a press to the next", async () => {
  await host.getByRole("button", { name: "Next" }).click();
  equal(await host.textContent("section.now h1"), "Group Photo");
  await host.getByRole("button", { name: "Next" }).click();
  holds(await host.textContent("section.now h1"), "Social Media");
  await look(host, "run-phone-later");
});

await check("the day is run without JavaScript", async () => {
  const old = await browser.visitor(browser.phone, { javaScriptEnabled: false });
  await old.goto(runLink);
  await old.getByRole("button", { name: "+5 min" }).click();
  await old.getByRole("button", { name: "Take back" }).click();
  equal(await old.locator("noscript meta[http-equiv=refresh], meta[http-equiv=refresh]").count(), 1);
  await browser.fits(old);
});

await check("the guests' page shows the same clock", async () => {
  const joining = await office.waitMail(GUEST, "How to join");
  const guest = await browser.visitor(browser.phone);
  await guest.goto(office.linksIn(joining).find((link) => link.includes("/j/")));
  holds(await guest.textContent("dl.card"), "Social Media");
  browser.quiet(guest);
});

await check("who is missing is a list with a button for each", async () => {
  const people = await browser.visitor(browser.phone);
  await people.goto(`${office.site}/login`);
  await people.getByLabel("Your mail address").fill(ORGANISER);
  await people.getByRole("button", { name: "Send me a link" }).click();
  await people.goto(office.linksIn(await office.waitMail(ORGANISER, "Log in"))[0]);
  await people.getByRole("button", { name: "Log in" }).click();
  await people.waitForURL(`${office.site}/e/hlb-2021`);
  await people.goto(`${office.site}/e/hlb-2021/missing`);
  holds(await people.textContent("main"), "2 guests missing");
  await people.getByRole("button", { name: "Is here" }).first().click();
  holds(await people.textContent("main"), "1 guest missing");
  await look(people, "office-missing-phone-live");
});

await finish();
