// SPDX-License-Identifier: MIT
// The life of an event as its guests and organisers have it: the invitation's link, the answer, the calendar
// entry, the page for the day, the meeting, the survey; and all of it on the organisers' pages. Three guests
// play it side by side: on a phone, on a desktop with the keyboard, and on a phone without JavaScript.
// The browser, the engine, its pages, the mail server and the mailbox are real; only the clock is moved.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as browser from "../support/browser.mjs";
import { atEnd, check, equal, finish, holds } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";
import { entryOf, linkIn, logIn, look, pressByKeys } from "../support/story.mjs";

/** Another site, where the meeting is: with https, since usher takes no other; answers its address. */
async function openMeeting() {
  const folder = mkdtempSync(join(tmpdir(), "usher-meeting-"));
  atEnd(() => rmSync(folder, { recursive: true }));
  const [key, cert, site] = ["key.pem", "cert.pem", "site"].map((name) => join(folder, name));
  execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
    "-nodes", "-subj", "/CN=127.0.0.1", "-days", "2", "-keyout", key, "-out", cert], { stdio: "ignore" });
  mkdirSync(site);
  writeFileSync(join(site, "index.html"), `<!doctype html><html lang="en"><meta charset="utf-8">
    <title>The meeting</title><h1>You are in the meeting</h1>`);
  return `${await browser.serve(site, {}, { key: readFileSync(key), cert: readFileSync(cert) })}/`;
}

const room = await openMeeting();

const SCRIPT = `
event "briefing-2021" { title = "Briefing on Emerging Technologies",
  when = "Thu 25 Feb 2021 14:00-16:30 Asia/Thimphu",
  where = zoom { link = "${room}", id = "945 1234 5678", code = "250221" },
  organisers = { "doim" }, from = "MoIC Briefings <briefings@moic.example>" }
people { { key = "doim", name = "DoIM, MoIC", role = "organiser", mail = "doim@moic.example" },
  { key = "lallana", name = "Emmanuel Lallana", salutation = "Dr.", role = "speaker",
    mail = "lallana@ideacorp.example", zone = "Asia/Manila" } }
guests {
  { key = "sonam", name = "Sonam Wangmo", salutation = "Dasho", mail = "sonam@health.example" },
  { key = "karma", name = "Karma Dorji", salutation = "Dasho", mail = "karma@education.example" },
  { key = "tandin", name = "Tandin Bidha", salutation = "Ms.", mail = "tandin@planning.example" },
  { key = "rdorji", name = "ཀརྨ་རྡོ་རྗེ།", salutation = "Dasho", mail = "karma@home.example",
    language = "dz" },
  { key = "pema", name = "Pema Choden", salutation = "Dasho", mail = "pema@agriculture.example" },
}
programme { { "14:00-14:10", "Welcome", by = "doim" },
  { "14:10-16:00", "Social media and emerging technologies", by = "lallana" },
  { "16:00-16:30", "Questions and answers" } }
objectives { "Increase awareness of emerging technologies", "Understand what they mean for policy" }
mail "invitation" { to = invited, at = "10 days before, 09:00", attach = "calendar",
  subject = "Invitation: {title}",
  text = "Dear {full_name},\\n\\nwe have the honour to invite you.\\n\\n{when}\\n\\n{how_to_answer}" }
mail "starting" { to = coming, at = "30 minutes before" }
survey "feedback" { to = present, anonymous = true, nudges = {}, ask = { objectives,
  rating "How useful was the briefing for your work?" { "not at all", "very" },
  text "What should the trainings that follow be about?" } }
interest "trainings" { to = invited, quiet = true, choose = { "Data protection", "Digital transformation" },
  purpose = "invitations to the trainings that follow this briefing" }
`;

const office = await openOffice({ text: SCRIPT, mailbox: true, now: "2021-02-15 08:55 Asia/Thimphu" });
await office.run();

const players = [
  { who: "Dasho Sonam Wangmo", mail: "sonam@health.example", device: browser.phone, js: true },
  { who: "Dasho Karma Dorji", mail: "karma@education.example", device: browser.desktop, js: true },
  { who: "Ms. Tandin Bidha", mail: "tandin@planning.example", device: browser.phone, js: false },
];
for (const player of players) {
  player.name = `${player.device.name}${player.js ? "" : " without JavaScript"}`;
  player.page = await browser.visitor(player.device,
    { javaScriptEnabled: player.js, ignoreHTTPSErrors: true }); // the meeting's certificate is its own
  player.look = (name) => look(player.page, `${name}-${player.name.replaceAll(" ", "-")}`, player.js);
  player.press = (name) => {
    const button = player.page.getByRole("button", { name, exact: true });
    return player.device === browser.desktop ? pressByKeys(player.page, button) : button.click();
  };
  player.says = (words) => player.page.locator("main", { hasText: words }).waitFor(); // keys wait for nothing
}

/** How each of the three goes on, all at once: one check for each. */
async function each(title, play) {
  await Promise.all(players.map((player) => check(`${title}: ${player.name}`, () => play(player))));
}

// ---- before ---------------------------------------------------------------------------------------------

await office.goTo("2021-02-15 09:00 Asia/Thimphu");

await each("the invitation's link leads to the question, and a yes is thanked for", async (player) => {
  const invitation = await office.waitMail(player.mail, "Invitation");
  equal(entryOf(invitation).method, "REQUEST");
  await player.page.goto(linkIn(office, invitation, "a"));
  await player.says(`${player.who}, will you come?`);
  await player.look("answer");
  await player.press("Yes, I come");
  await player.page.waitForURL(/\/thanks$/);
  await player.says("A confirmation with everything that you need is on its way by mail.");
  await player.look("answer-thanks");
});

await check("the invitation itself is read on a telephone without moving it to and fro", async () => {
  const { html } = await office.waitMail("sonam@health.example", "Invitation");
  const mailbox = await browser.visitor(browser.phone, { javaScriptEnabled: false });
  await mailbox.setContent(html);
  await browser.screenshot(mailbox, "mail-invitation-phone");
  await browser.fits(mailbox);
  browser.quiet(mailbox);
});

await each("the confirmation has a calendar entry that a calendar can place", async (player) => {
  const confirmation = await office.waitMail(player.mail, "You are expected");
  const entry = entryOf(confirmation);
  equal([entry.method, entry.DTSTART, entry.DTEND], ["REQUEST", "20210225T140000", "20210225T163000"]);
  holds(entry.SUMMARY, "Briefing on Emerging Technologies");
  equal(entry.UID, entryOf(await office.waitMail(player.mail, "Invitation")).UID);
  player.joining = linkIn(office, confirmation, "j");
});

await each("the page for the day says how long it is until then, and has no button yet", async (player) => {
  await player.page.goto(player.joining);
  await player.says("It begins in 10 days");
  equal(await player.page.getByRole("button", { name: "Join now" }).count(), 0);
  await player.look("join-before");
});

// One more guest reads Dzongkha, whose letters are stacked: for the look of it.
const reader = await browser.visitor(browser.phone, { ignoreHTTPSErrors: true });
let readersDay;

async function lookInDzongkha(name) {
  equal(await reader.getAttribute("html", "lang"), "dz");
  await look(reader, `${name}-phone-dz`);
}

await check("before the event, in Dzongkha", async () => {
  const invitation = await office.waitMail("karma@home.example", "Invitation");
  await reader.goto(linkIn(office, invitation, "a"));
  await lookInDzongkha("answer");
  await reader.locator(".choices a").click();
  await lookInDzongkha("deputy");
  await reader.goBack();
  await reader.locator(".choices button").first().click();
  await lookInDzongkha("answer-thanks");
  await reader.locator("main a.button").click();
  await lookInDzongkha("join-before");
  readersDay = reader.url();
});

/** What a calendar program sends back when somebody presses a button in the invitation. */
function calendarReply(entry, guest, answer) {
  return ["From: " + guest, "To: briefings@moic.example", `Subject: ${answer}: ${entry.SUMMARY}`,
    "Date: Mon, 15 Feb 2021 10:00:00 +0600", "Message-ID: <reply-1@calendar.example>", "MIME-Version: 1.0",
    'Content-Type: text/calendar; charset="utf-8"; method=REPLY', "", "BEGIN:VCALENDAR", "VERSION:2.0",
    "PRODID:-//Calendar//EN", "METHOD:REPLY", "BEGIN:VEVENT", `UID:${entry.UID}`, "DTSTAMP:20210215T040000Z",
    `DTSTART:${entry.DTSTART}`, `ATTENDEE;PARTSTAT=${answer}:mailto:${guest}`, "END:VEVENT", "END:VCALENDAR",
    ""].join("\r\n");
}

await check("a button in the calendar is an answer, too: it comes by the mailbox", async () => {
  const entry = entryOf(await office.waitMail("pema@agriculture.example", "Invitation"));
  await office.deliver(calendarReply(entry, "pema@agriculture.example", "TENTATIVE"));
  const desk = await logIn(office, "doim@moic.example", browser.desktop);
  await desk.goto(`${office.site}/e/briefing-2021/person?key=pema`);
  await desk.locator(".lead", { hasText: "perhaps" }).waitFor(); // the open page hears of it
  await desk.locator(".history", { hasText: "calendar" }).waitFor();
  await look(desk, "desk-person-by-calendar-desktop");
  await browser.leave(desk);
});

// ---- on the day -----------------------------------------------------------------------------------------

await office.goTo("2021-02-25 13:31 Asia/Thimphu");

await each("the same link leads into the meeting", async (player) => {
  await player.page.goto(player.joining);
  await player.look("join-open");
  await player.press("Join now");
  await player.page.waitForURL(room);
  equal(await player.page.textContent("h1"), "You are in the meeting");
  browser.quiet(player.page);
});

await check("a question for the speakers is asked in the box", async () => {
  const [asker] = players;
  await asker.page.goto(asker.joining);
  await asker.page.getByRole("link", { name: "Your questions" }).click();
  await asker.look("question");
  await asker.page.getByLabel("Your question", { exact: true }).fill("What of <b>small</b> offices?");
  await asker.press("Send the question");
  await asker.says("Your question has been passed on.");
});

await check("into the meeting, in Dzongkha", async () => {
  await reader.goto(readersDay);
  await lookInDzongkha("join-open");
  await reader.locator("button.join").click();
  await reader.waitForURL(room);
});

// ---- afterwards -----------------------------------------------------------------------------------------

await office.goTo("2021-02-25 16:31 Asia/Thimphu");

await each("the survey is answered, and says that it is anonymous", async (player) => {
  const asking = await office.waitMail(player.mail, "feedback");
  await player.page.goto(linkIn(office, asking, "s"));
  await player.says("This survey is anonymous");
  await player.look("survey");
  await player.page.getByRole("group", { name: /How useful/ }).getByLabel("5").check();
  await player.page.getByLabel(/What should the trainings/).fill("Data protection in a small office");
  await player.press("Send anonymously");
  await player.says("Your answers have been counted.");
  await player.look("survey-thanks");
});

await each("who would like to hear more says so on a form of its own, and what is missing is marked",
  async (player) => {
    await player.page.getByRole("link", { name: /next/ }).click();
    await player.page.getByLabel("Data protection").check();
    await player.page.evaluate(() => { document.querySelector("form").noValidate = true; });
    await player.press("Send");
    await player.says("Without your agreement we may not keep this.");
    await player.look("interest-wrong");
    await player.page.getByLabel(/you may keep my name/).check();
    await player.press("Send");
    await player.says("invitations to the trainings that follow this briefing");
    await player.look("interest-thanks");
  });

await each("the page for the day has become the page of afterwards", async (player) => {
  await player.page.goto(player.joining);
  await player.says("Thank you for having been there.");
  await player.look("join-after");
});

await check("after the event, in Dzongkha", async () => {
  const mails = await office.mailsTo("karma@home.example");
  await reader.goto(linkIn(office, mails.at(-1), "s"));
  await lookInDzongkha("survey");
  browser.quiet(reader);
});

// ---- the organisers -------------------------------------------------------------------------------------

for (const device of [browser.desktop, browser.phone]) {
  await check(`the organisers find all of it on their pages: ${device.name}`, async () => {
    const desk = await logIn(office, "doim@moic.example", device);
    await look(desk, `desk-today-${device.name}`);
    await desk.getByRole("link", { name: "People", exact: true }).click();
    holds(await desk.textContent("main"), "present");
    await look(desk, `desk-people-${device.name}`);
    await desk.getByRole("link", { name: "Dasho Sonam Wangmo" }).click();
    const history = await desk.textContent("main");
    for (const words of ["invitation: sent", "yes", "joined", "feedback: sent"]) {
      holds(history, words);
    }
    await look(desk, `desk-person-${device.name}`);
    await desk.getByRole("link", { name: "Survey", exact: true }).click();
    const survey = await desk.textContent("main");
    holds(survey, "3have answered");
    holds(survey, "the first answers are shown when 10 have come in");
    equal(survey.includes("small office"), false);
    await look(desk, `desk-survey-${device.name}`);
    await desk.getByRole("link", { name: "Interest", exact: true }).click();
    equal(await desk.getByRole("row", { name: /Data protection/ }).count(), 3);
    await look(desk, `desk-interest-${device.name}`);
    await desk.getByRole("link", { name: "Questions", exact: true }).click();
    holds(await desk.textContent("main"), "What of <b>small</b> offices?");
    await look(desk, `desk-questions-${device.name}`);
    await browser.leave(desk);
  });
}

await check("what was said is to be had as files, for organisers and nobody else", async () => {
  const files = { "survey.csv?name=feedback": "objective",
    "interest.csv?name=trainings": "karma@education.example",
    "questions.csv": "What of <b>small</b> offices?" };
  const desk = await logIn(office, "doim@moic.example", browser.desktop);
  const stranger = await browser.visitor(browser.desktop);
  for (const [path, words] of Object.entries(files)) {
    const url = `${office.site}/e/briefing-2021/${path}`;
    const file = await desk.request.get(url);
    equal(file.headers()["content-type"], "text/csv; charset=utf-8");
    const text = await file.text();
    holds(text, words);
    equal(text.includes("small office\r"), false); // three answers are too few for the survey's file, too
    equal(new URL((await stranger.request.get(url)).url()).pathname, "/login");
  }
  const sheets = ["survey.xlsx?name=feedback", "interest.xlsx?name=trainings", "questions.xlsx",
    "guests.xlsx"];
  const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  for (const path of sheets) {
    const url = `${office.site}/e/briefing-2021/${path}`;
    const file = await desk.request.get(url);
    equal(file.headers()["content-type"], xlsx);
    equal((await file.body()).subarray(0, 2).toString(), "PK");
    equal(new URL((await stranger.request.get(url)).url()).pathname, "/login");
  }
});

await check("a question is marked as answered", async () => {
  const desk = await logIn(office, "doim@moic.example", browser.desktop);
  await desk.goto(`${office.site}/e/briefing-2021/questions`);
  await desk.getByRole("button", { name: "Answered" }).click();
  await desk.getByRole("heading", { name: "Answered (1)" }).waitFor();
  await desk.getByRole("link", { name: "Log", exact: true }).click();
  holds(await desk.textContent("main"), "question answered");
});

await check("in the dark, too", async () => {
  const night = await logIn(office, "doim@moic.example", browser.desktop, { colorScheme: "dark" });
  await night.goto(`${office.site}/e/briefing-2021/survey`);
  await look(night, "desk-survey-desktop-dark");
  const guest = await browser.visitor(browser.phone, { colorScheme: "dark" });
  await guest.goto(players[0].joining);
  await look(guest, "join-after-phone-dark");
});

await finish();
