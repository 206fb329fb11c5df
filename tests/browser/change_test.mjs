// SPDX-License-Identifier: MIT
// You may change your mind: the date of the founding briefing is moved in the file, the organisers see on
// their page what that means for whose mailbox, and say yes on a phone; what they saw is what happens.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as browser from "../support/browser.mjs";
import { check, equal, finish, holds } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";
import { logIn, look } from "../support/story.mjs";

const ORGANISER = "doim@moic.example";
const WAIT = { timeout: 30000 };
const NOTICE = "A changed script waits for your word.";

const office = await openOffice({ script: "hlb.lua", example: "examples/03-briefing-2021",
  now: "2021-02-08 08:55 Asia/Thimphu" });
await office.run("--watch");
await office.command("approve", "hlb-2021", "--all", "--by", "doim");
await office.goTo("2021-02-08 09:30 Asia/Thimphu"); // the invitations have left

const event = `${office.site}/e/hlb-2021`;
const script = readFileSync(join(office.path, "hlb.lua"), "utf8");
const moved = script.replace("Thu 25 Feb 2021", "Thu 11 Mar 2021");
const broken = script.replace("Thu 25 Feb 2021", "Fri 25 Feb 2021");

/** What `usher next` says of a rule: the lines in which it stands. */
async function nextOf(rule) {
  const [code, out] = await office.command("next");
  equal(code, 0);
  return out.split("\n").filter((line) => line.includes(rule)).join("\n");
}

const desk = await logIn(office, ORGANISER, browser.desktop);
const phone = await logIn(office, ORGANISER, browser.phone);
const plain = await logIn(office, ORGANISER, browser.desktop, { javaScriptEnabled: false });

await check("nothing waits, and the page says so", async () => {
  await desk.goto(`${event}/change`);
  holds(await desk.textContent("main"), "No changed script waits for your word");
  await look(desk, "change-none-desktop");
});

await check("the date is moved in the file, and an open page says by itself that it waits", async () => {
  await desk.goto(event);
  await office.write("hlb.lua", moved);
  await desk.getByText(NOTICE).waitFor(WAIT);
  await look(desk, "change-notice-desktop");
  await desk.getByRole("link", { name: NOTICE }).click();
  await desk.waitForURL(`${event}/change`);
});

for (const [page, device] of [[desk, "desktop"], [phone, "phone"]]) {
  await check(`the plan says on a ${device} which mails move to when, and to whom`, async () => {
    await page.goto(`${event}/change`);
    const rows = await page.getByRole("row").allTextContents();
    const row = rows[rows.indexOf("please-answer") + 1]; // below the name of the rule
    holds(row, "Tue 16 Feb 10:00");
    holds(row, "Thu 04 Mar 10:00 Thimphu (UTC+6)");
    holds(row, "24 people");
    await look(page, `change-plan-${device}`);
  });
}

await check("nothing has moved so far", async () => {
  holds(await nextOf("please-answer"), "16 Feb");
});

/** Says on that page that the reminders do not go out once more, and waits for the plan that comes of it. */
async function answer(page) {
  const question = page.getByRole("group", { name: /heard of the date/ });
  await question.getByLabel("Only the new time is told").check();
  await page.getByRole("button", { name: "Show the plan with these answers" }).click();
  await page.getByRole("heading", { name: "Answered so far" }).waitFor(WAIT);
  holds(await page.textContent("main"), "heard of the date. Only the new time is told");
}

await check("whoever was told the old date has to be thought of first, and the page asks", async () => {
  holds(await desk.textContent("main"), "This needs an answer before anything changes");
  equal(await desk.getByRole("button", { name: "Let it take its place" }).count(), 0);
  await answer(desk);
  await look(desk, "change-answered-desktop");
});

await check("the plan is whole without JavaScript", async () => {
  await plain.goto(`${event}/change`);
  holds(await plain.textContent("main"), "Thu 04 Mar 10:00 Thimphu (UTC+6)");
  equal(await plain.getByRole("button", { name: "Let it take its place" }).count(), 1);
  await look(plain, "change-plan-plain", false);
});

await check("a script that can't be used says why", async () => {
  await office.write("hlb.lua", broken);
  await phone.getByRole("heading", { name: "The changed script can't be used" }).waitFor(WAIT);
  holds(await phone.textContent("main"), "25 Feb 2021");
  await look(phone, "change-broken-phone");
});

await check("the organiser answers on a phone, and lets it take its place", async () => {
  await office.write("hlb.lua", moved);
  await phone.getByRole("heading", { name: "This needs an answer before anything changes" }).waitFor(WAIT);
  await answer(phone);
  await look(phone, "change-answered-phone");
  await phone.getByRole("button", { name: "Let it take its place" }).click(WAIT);
  await phone.getByText("of the script runs since").waitFor(WAIT);
  await look(phone, "change-done-phone");
});

await check("what goes out next has the new times, and the log says who decided", async () => {
  const lines = await nextOf("please-answer");
  holds(lines, "4 Mar");
  equal(lines.includes("16 Feb"), false);
  await desk.goto(`${event}/log`);
  holds(await desk.textContent("main"), "script changed");
  await desk.goto(event);
  equal(await desk.getByText(NOTICE).count(), 0);
});

await check("the mail leaves when the plan said, and not when it was to leave before", async () => {
  const isIt = (mail) => mail.subject.includes("Your answer, please");
  const asked = async () => (await office.mails()).filter(isIt).length;
  await office.command("approve", "hlb-2021", "--all", "--by", "doim"); // their text has another date now
  await office.goTo("2021-02-16 10:01 Asia/Thimphu");
  const before = await asked();
  await office.goTo("2021-03-04 10:01 Asia/Thimphu");
  equal([before, await asked() >= 24], [0, true]);
});

await finish();
