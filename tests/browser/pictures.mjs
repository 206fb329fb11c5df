// SPDX-License-Identifier: MIT
// The pictures of the README, taken anew from the founding briefing as it runs: after a build,
//
//   node tests/browser/pictures.mjs
//
// writes docs/images/answer-page.png (a phone), docs/images/dashboard.png (a desktop) and
// docs/images/report.png (the head of the report of a rehearsal). What they show is the same each time: the
// clock is moved to fixed days, and the guests answer as written here. Where Debian's optipng is installed
// they become a third smaller.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as browser from "../support/browser.mjs";
import { atEnd, check, finish } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";
import { linkIn, logIn } from "../support/story.mjs";

const IMAGES = fileURLToPath(new URL("../../docs/images", import.meta.url));
const BYTES_MAX = 150_000; // of a picture, for whoever reads the README over a slow line
// Each ends below a whole part of its page: the guest's note, the next mails.
const PHONE = { viewport: { width: 390, height: 800 } };
const DESKTOP = { viewport: { width: 1280, height: 850 } };

// Day of February -> who answers yes, and no, by the keys of their addresses.
const ANSWERS = [
  [8, ["secretary@education", "secretary@finance", "director@roads"], []],
  [10, ["secretary@health", "dzongda@paro", "dzongda@haa", "director@culture"], ["secretary@works"]],
  [12, ["secretary@labour", "dzongda@trongsa", "director@forests"], ["director@energy"]],
  [15, ["secretary@economy", "dzongda@gasa"], []],
];

async function answer(office, who, said) {
  const invitation = await office.waitMail(`${who}.example`, "Invitation");
  const sent = await fetch(linkIn(office, invitation, "a"), { method: "POST", redirect: "manual",
    headers: { origin: office.site }, body: new URLSearchParams({ answer: said }) });
  if (sent.status !== 303) {
    throw new Error(`${who} was answered with ${sent.status}`);
  }
}

async function keep(page, name) {
  const path = `${IMAGES}/${name}.png`;
  await page.screenshot({ path, animations: "disabled" });
  spawnSync("optipng", ["-quiet", "-o5", path]);
  const { size } = statSync(path);
  console.log(`${path}: ${size} bytes`);
  if (size > BYTES_MAX) {
    throw new Error(`${name}.png has ${size} bytes; the most is ${BYTES_MAX}`);
  }
}

await check("the pictures are taken", async () => {
  const office = await openOffice({ script: "hlb.lua", example: "examples/03-briefing-2021",
    now: "2021-02-08 08:59 Asia/Thimphu" });
  await office.run();
  await office.command("approve", "hlb-2021", "--all", "--by", "doim");
  for (const [day, yes, no] of ANSWERS) {
    await office.goTo(`2021-02-${String(day).padStart(2, "0")} 09:30 Asia/Thimphu`);
    await Promise.all(yes.map((who) => answer(office, who, "yes")));
    await Promise.all(no.map((who) => answer(office, who, "no")));
  }
  const guest = await browser.visitor(browser.phone, PHONE);
  const invitation = await office.waitMail("director@tourism.example", "Invitation");
  await guest.goto(linkIn(office, invitation, "a"));
  await keep(guest, "answer-page");

  await office.goTo("2021-02-15 09:55 Asia/Thimphu");
  const desk = await logIn(office, "doim@moic.example", browser.desktop, DESKTOP);
  await desk.goto(`${office.site}/e/hlb-2021`);
  await keep(desk, "dashboard");
});

await check("the picture of a report is taken", async () => {
  const usher = process.env.USHER ?? ["build/release/usher", "build/dev/usher"].find(existsSync);
  const folder = mkdtempSync(join(tmpdir(), "usher-report-"));
  atEnd(() => rmSync(folder, { recursive: true }));
  execFileSync(usher, ["rehearse", "examples/03-briefing-2021/hlb.lua", "--out", folder, "--from",
    "2021-01-25 09:00 Asia/Thimphu", "--guest", "no-show 20%, S03=declines, H03=silent"]);
  const reader = await browser.visitor(browser.desktop, { viewport: { width: 860, height: 1010 } });
  await reader.goto(`${await browser.serve(folder)}/report.html`);
  await keep(reader, "report");
});

await finish();
