// SPDX-License-Identifier: MIT
// The outbox as an approver uses it: let in by a mailed link, they read three mails and every name, and say
// the word; the mails leave. The text is edited, and it waits again.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as browser from "../support/browser.mjs";
import { check, equal, finish, holds } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";
import { logIn, look } from "../support/story.mjs";

const APPROVER = "programmes@apcict.example";
const GUEST = "secretary@education.example";

const office = await openOffice({ script: "hlb.lua", example: "examples/03-briefing-2021",
  now: "2021-02-08 08:50 Asia/Thimphu" });
await office.run();
const event = `${office.site}/e/hlb-2021`;
const outbox = `${event}/outbox`;

const toGuest = async () => (await office.mailsTo(GUEST)).map((mail) => mail.subject);

/** The text of a sample, in the frame in which it stands. */
async function sample(page, nth) {
  const frame = page.frameLocator("iframe.letter").nth(nth);
  return frame.locator("main").textContent();
}

await check("those who are named are asked by mail, and the mail leads to the outbox", async () => {
  const asked = await office.waitMail(APPROVER, "Please approve");
  holds(asked.subject, "Please approve 14 mails");
  equal(office.linksIn(asked), [outbox]);
  await office.goTo("2021-02-08 09:01 Asia/Thimphu");
  equal(await toGuest(), []);
});

const desk = await logIn(office, APPROVER, browser.desktop);

await check("the first page says what waits, and the outbox what is held", async () => {
  holds(await desk.textContent("main"), "14 rules to approve");
  await desk.getByRole("link", { name: "The outbox" }).click();
  const row = desk.getByRole("row", { name: /invitation/ });
  holds(await row.textContent(), "waits for the word of DoIM, MoIC or APCICT/ESCAP");
  holds(await row.textContent(), "24 mails held now");
  holds(await desk.getByRole("table", { name: "Waits for a word" }).textContent(), "invitation");
  await look(desk, "outbox-desktop");
});

await check("a rule shows three mails as their readers will see them, and every name once", async () => {
  await desk.getByRole("link", { name: "invitation", exact: true }).click();
  await desk.locator("iframe.letter").nth(2).scrollIntoViewIfNeeded();
  holds(await sample(desk, 0), "Dear Ms. Tandin Bidha");
  holds(await sample(desk, 1), "Dear Dasho Kinley Gyeltshen");
  holds(await sample(desk, 2), "ཀརྨ་རྡོ་རྗེ།");
  equal(await desk.getByRole("row").filter({ hasText: "secretary@education.example" }).count(), 1);
  holds(await desk.textContent("main"), "To whom it may go: 24 people");
  holds(await desk.textContent("main"), "invite.ics");
  await look(desk, "outbox-rule-desktop");
});

await check("on a phone, too, and without JavaScript", async () => {
  const phone = await logIn(office, "doim@moic.example", browser.phone);
  await phone.goto(outbox);
  await look(phone, "outbox-phone");
  await phone.goto(`${outbox}/invitation`);
  holds(await sample(phone, 0), "Dear Ms. Tandin Bidha");
  await look(phone, "outbox-rule-phone");
  await browser.leave(phone);
  const plain = await logIn(office, "doim@moic.example", browser.phone, { javaScriptEnabled: false });
  await plain.goto(`${outbox}/invitation`);
  await look(plain, "outbox-rule-phone-plain", false);
  await browser.leave(plain);
});

await check("a test mail goes to whoever is logged in, and to nobody else", async () => {
  await desk.goto(`${outbox}/invitation`);
  await desk.getByLabel("As it is written for").selectOption({ label: "Dasho Kinley Gyeltshen" });
  await desk.getByRole("button", { name: `Send a test to ${APPROVER}` }).click();
  const mail = await office.waitMail(APPROVER, "TEST: Invitation");
  holds(mail.text.replaceAll(/\s+/g, " "),
    "This is a test. It was written for Dasho Kinley Gyeltshen, dzongda@punakha.example, and is");
  equal(await toGuest(), []);
});

await check("the word is said, and the mails that were held leave", async () => {
  await desk.goto(`${outbox}/invitation`);
  await desk.getByRole("button", { name: "Approve" }).click();
  holds(await desk.textContent("main"), "approved by APCICT/ESCAP");
  await office.waitMail(GUEST, "Invitation");
  await office.settle();
  equal((await toGuest()).length, 1);
  await desk.goto(`${event}/log`);
  holds(await desk.textContent("main"), "invitation");
});

await check("the command says the same", async () => {
  const said = await office.json("outbox", "hlb-2021", "invitation");
  holds(said.reply.sentence, "approved by APCICT/ESCAP");
});

await check("the text is edited, and it waits again", async () => {
  await desk.goto(`${outbox}/please-answer`);
  await desk.getByRole("button", { name: "Approve" }).click();
  holds(await desk.textContent("main"), "approved by APCICT/ESCAP");
  const script = readFileSync(join(office.path, "hlb.lua"), "utf8");
  await office.stop();
  await office.write("hlb.lua", script.replace('use("briefing", { except = { "invitation" } })',
    'use("briefing", { except = { "invitation", "please-answer" } })\n'
      + 'mail "please-answer" { to = not_answered, at = "5 working days before, 10:00",\n'
      + '  subject = "A word, please: {title}", text = "Dear {full_name}, {how_to_answer}" }'));
  await office.run();
  await desk.goto(`${outbox}/please-answer`);
  holds(await desk.textContent("main"), "changed since approval by APCICT/ESCAP");
  holds(await desk.textContent("main"), "waits again");
  await look(desk, "outbox-changed-desktop");
  await desk.getByRole("button", { name: "Approve" }).click();
  holds(await desk.textContent("main"), "approved by APCICT/ESCAP");
});

await check("an approval is taken back", async () => {
  await desk.getByRole("button", { name: "Take the approval back" }).click();
  holds(await desk.textContent("main"), "approval taken back by APCICT/ESCAP");
});

await check("in the dark, too", async () => {
  await desk.emulateMedia({ colorScheme: "dark" });
  await desk.goto(outbox);
  await look(desk, "outbox-desktop-dark");
  await desk.goto(`${outbox}/invitation`);
  await look(desk, "outbox-rule-desktop-dark");
});

await finish();
