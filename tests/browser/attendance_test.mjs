// SPDX-License-Identifier: MIT
// Attendance as the office sees it: Zoom's report is handed in, participants whom nobody knows are settled,
// what does not agree stands first; on a phone while the event runs, and on a desktop after it.
import { writeFileSync } from "node:fs";
import * as browser from "../support/browser.mjs";
import { check, equal, finish, holds } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";

const SCRIPT = `
event "hall" { title = "In the hall", when = "Thu 25 Feb 2021 14:00-16:00 Asia/Thimphu",
  from = "Desk <desk@office.example>", attended = "60 minutes", organisers = "desk",
  where = zoom { link = "https://zoom.example/j/94512345678" } }
people { { key = "desk", name = "Karma Tshering", role = "owner", mail = "karma@office.example" } }
guests {
  { key = "S1", name = "Sonam Wangmo", salutation = "Dasho", mail = "sonam@moh.example",
    group = "Secretaries", phone = "+975 17 11 11 11" },
  { key = "S2", name = "Karma Dorji", mail = "karma@moe.example", group = "Secretaries",
    phone = "+975 2 32 21" },
  { key = "S3", name = "Tashi Penjor", mail = "tashi@moa.example", group = "Secretaries",
    phone = "17 33 33 33", assistant = "office@moa.example" },
  { key = "D1", name = "Karma Choden", mail = "choden@gov.example", group = "Dzongdas" } }
`;
const REPORT = `Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants
945 1234 5678,In the hall,02/25/2021 01:55:00 PM,02/25/2021 04:05:00 PM,desk@office.example,130,4

Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest,Recording Consent
Sonam Wangmo,sonam@moh.example,02/25/2021 01:58:00 PM,02/25/2021 04:00:00 PM,122,Yes,
Sonam's phone (Sonam Wangmo),,02/25/2021 02:10:00 PM,02/25/2021 02:40:00 PM,30,Yes,
Karma Dorji,,02/25/2021 02:00:00 PM,02/25/2021 02:20:00 PM,20,Yes,
Karma's iPad,,02/25/2021 02:05:00 PM,02/25/2021 03:55:00 PM,110,Yes,
`;

const office = await openOffice({ text: SCRIPT, now: "2021-02-25 14:20 Asia/Thimphu" });
await office.run();
const page = `${office.site}/e/hall/attendance`;
writeFileSync(`${office.path}/participants.csv`, REPORT);
writeFileSync(`${office.path}/wrong.csv`, REPORT.replace("02/25/2021 02:20:00 PM", "soon"));
for (const key of ["S1", "S2", "S3", "D1"]) {
  await office.command("answer", key, "yes");
}

async function logIn(device, settings) {
  const person = await browser.visitor(device, settings);
  const [, said] = await office.command("login");
  await person.goto(said.match(/https?:\/\/\S+/)[0]);
  await person.getByRole("button", { name: "Log in" }).click();
  await person.waitForURL(/\/e\/hall$/);
  return person;
}

async function look(person, name) {
  await browser.fits(person);
  await browser.screenshot(person, name);
  await browser.accessible(person);
  browser.quiet(person);
}

const phone = await logIn(browser.phone);

await check("while it runs, who is missing of a group stands with the telephones", async () => {
  await phone.goto(page);
  await phone.getByRole("link", { name: "Who is missing" }).click();
  await phone.getByLabel("Group").selectOption("Secretaries");
  await phone.getByRole("button", { name: "Show" }).click();
  holds(await phone.textContent("main"), "3 guests missing");
  equal(await phone.getByRole("link", { name: "+975 17 11 11 11" }).getAttribute("href"), "tel:+97517111111");
  await phone.getByRole("row", { name: /Tashi/ }).getByRole("button", { name: "Is here" }).click();
  holds(await phone.textContent("main"), "2 guests missing");
  await look(phone, "attendance-missing-phone");
});

const desk = await logIn(browser.desktop);
await office.goTo("2021-02-25 16:30 Asia/Thimphu");

async function handIn(file) {
  await desk.goto(page);
  await desk.locator("#attendance-report-file").setInputFiles(`${office.path}/${file}`);
  await desk.locator("form", { has: desk.locator("#attendance-report-file") })
    .getByRole("button", { name: "Hand in" }).click();
}

await check("a wrong report is told row by row", async () => {
  await handIn("wrong.csv");
  holds(await desk.textContent("main"), "wrong.csv:7: 'soon' is no moment");
  await look(desk, "attendance-wrong-desktop");
});

await check("the report says who came, for how long, and what does not agree", async () => {
  await handIn("participants.csv");
  const text = await desk.textContent("main");
  for (const part of ["participants.csv: 4 rows, 4 of them new", "1 too short", "1 not known",
    "neither Zoom nor the join page has seen them"]) {
    holds(text, part);
  }
  holds(await desk.getByRole("row", { name: /Sonam Wangmo/ }).textContent(), "122"); // two devices, once
  await look(desk, "attendance-desktop");
  await phone.goto(page);
  await look(phone, "attendance-phone");
});

await check("whoever nobody knows is settled with one press", async () => {
  await desk.goto(page);
  await desk.getByRole("button", { name: "Karma Choden" }).click();
  const text = await desk.textContent("main");
  equal(text.includes("Nobody knows who these are"), false);
  holds(await desk.getByRole("row", { name: /Karma Choden/ }).textContent(), "110");
  await desk.goto(`${office.site}/e/hall/person?key=D1`);
  await look(desk, "attendance-person-desktop");
});

await check("without JavaScript the page is whole", async () => {
  const plain = await logIn(browser.phone, { javaScriptEnabled: false });
  await plain.goto(page);
  holds(await plain.textContent("main"), "Dasho Sonam Wangmo");
  await browser.fits(plain);
  await browser.leave(plain);
});

await finish();
