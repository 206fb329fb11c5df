// SPDX-License-Identifier: MIT
// The whole life of the founding briefing, with real mails and pages: guests on a phone, on a desktop and
// without JavaScript open what they are mailed, answer, are sent a calendar entry, join, and say what it was
// worth; the organisers see it. Only the clock is moved, because the event takes weeks.
import * as browser from "../support/browser.mjs";
import { check, equal, finish, holds } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";

const ORGANISER = "doim@moic.example";
const ABOUT = "Trainings for the local offices, please";

const guests = [
  { name: "Dasho Sonam Wangmo", mail: "secretary@health.example", device: browser.phone },
  { name: "Dasho Karma Dorji", mail: "secretary@education.example", device: browser.desktop },
  { name: "Dasho Tshewang Norbu", mail: "secretary@finance.example", device: browser.phone,
    settings: { javaScriptEnabled: false } },
  // Results of an anonymous survey are shown from five answers on: these two see the same pages as the first.
  { name: "Dasho Pema Choden", mail: "secretary@agriculture.example", device: browser.phone, hasPair: true },
  { name: "Dasho Ugyen Penjor", mail: "secretary@works.example", device: browser.desktop, hasPair: true },
];

const office = await openOffice({ script: "hlb.lua", example: "examples/03-briefing-2021",
  now: "2021-02-08 08:59 Asia/Thimphu" });
await office.run();
await office.command("approve", "hlb-2021", "--all", "--by", "doim");

const how = (guest) => `${guest.device.name}${guest.settings ? "-plain" : ""}`;

/** What must hold for every page that anybody sees; each is kept as a picture. */
async function look(guest, name) {
  if (guest.hasPair) {
    return;
  }
  await browser.screenshot(guest.page, `briefing-${name}-${how(guest)}`);
  await browser.fits(guest.page);
  if (!guest.settings) {
    await browser.accessible(guest.page);
  }
  browser.quiet(guest.page);
}

/** Opens the link of that kind in the mail about that. */
async function open(guest, subject, letter) {
  const mail = await office.waitMail(guest.mail, subject);
  await guest.page.goto(office.linksIn(mail).find((link) => link.startsWith(`${office.site}/${letter}/`)));
}

/** Every guest does it, each in a check of their own. */
async function all(title, act) {
  for (const guest of guests) {
    await check(`${guest.name} (${how(guest)}) ${title}`, () => act(guest));
  }
}

for (const guest of guests) {
  guest.page = await browser.visitor(guest.device, guest.settings);
}

// ---- before the event -----------------------------------------------------------------------------------

await office.goTo("2021-02-08 09:00 Asia/Thimphu");

await all("opens the link of the invitation and says yes", async (guest) => {
  await open(guest, "Invitation", "a");
  equal(await guest.page.textContent("h1"), `${guest.name}, will you come?`);
  await look(guest, "answer");
  await guest.page.getByRole("button", { name: "Yes, I come" }).click();
  holds(await guest.page.textContent("main"), "We look forward to seeing you");
  await look(guest, "thanks");
});

await all("is sent a calendar entry with the confirmation", async (guest) => {
  const mail = await office.waitMail(guest.mail, "You are expected");
  const [entry] = mail.parts.filter((part) => part.type === "text/calendar");
  for (const line of ["METHOD:REQUEST", "DTSTART;TZID=Asia/Thimphu:20210225T140000",
    "DTEND;TZID=Asia/Thimphu:20210225T163000"]) {
    holds(entry.text, line);
  }
  equal(mail.parts.filter((part) => part.name === "invite.ics").length, 1);
});

await all("sees on the page for the day that it is some time until then", async (guest) => {
  await open(guest, "You are expected", "j");
  holds(await guest.page.textContent("main"), "Keep this link");
  equal(await guest.page.getByRole("button", { name: "Join now" }).count(), 0);
  await look(guest, "before");
});

// ---- the day --------------------------------------------------------------------------------------------

await office.goTo("2021-02-25 13:40 Asia/Thimphu");

await all("opens the old link again, and the button leads to the meeting", async (guest) => {
  await open(guest, "You are expected", "j");
  await look(guest, "join");
  const meeting = guest.page.waitForRequest(/zoom\.example/);
  // Nobody answers at zoom.example here: the click ends on a page that says so.
  await guest.page.getByRole("button", { name: "Join now" }).click().catch(() => {});
  equal((await meeting).url(), "https://zoom.example/j/94512345678");
  await browser.leave(guest.page);
  guest.page = await browser.visitor(guest.device, guest.settings);
});

// ---- after it -------------------------------------------------------------------------------------------

await office.goTo("2021-02-25 16:31 Asia/Thimphu");

await all("answers the survey", async (guest) => {
  await open(guest, "Your feedback", "s");
  holds(await guest.page.textContent("main"), "This survey is anonymous");
  for (const row of await guest.page.getByRole("group").all()) {
    await row.getByText("4", { exact: true }).click();
  }
  await guest.page.getByLabel("What should the trainings").fill(ABOUT);
  await look(guest, "survey");
  await guest.page.getByRole("button", { name: "Send anonymously" }).click();
  holds(await guest.page.textContent("main"), "Thank you");
  await look(guest, "survey-thanks");
});

// ---- the organisers -------------------------------------------------------------------------------------

async function logIn() {
  const page = await browser.visitor(browser.desktop);
  await page.goto(`${office.site}/login`);
  await page.getByLabel("Your mail address").fill(ORGANISER);
  await page.getByRole("button", { name: "Send me a link" }).click();
  const mail = await office.waitMail(ORGANISER, "Log in");
  await page.goto(office.linksIn(mail)[0]);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${office.site}/e/hlb-2021`);
  return { page, device: browser.desktop };
}

const desk = await logIn();

await check("the organiser sees who came", async () => {
  await desk.page.goto(`${office.site}/e/hlb-2021/people`);
  const rows = await desk.page.getByRole("row").allTextContents();
  for (const { name } of guests) {
    const row = rows.find((text) => text.includes(name.replace("Dasho ", "")));
    holds(row, "comes");
  }
  await look(desk, "desk-people");
});

await check("the organiser sees what a guest was sent and did", async () => {
  await desk.page.getByRole("link", { name: "Sonam Wangmo" }).click();
  const text = await desk.page.textContent("main");
  for (const words of ["Invitation", "You are expected", "was there", "joined", "Your feedback"]) {
    holds(text, words);
  }
  await look(desk, "desk-person");
});

await finish();
