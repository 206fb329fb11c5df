// SPDX-License-Identifier: MIT
// The report as two ministries read it: a file on a phone, on a desktop and on paper; and the office's page.
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync }
  from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as browser from "../support/browser.mjs";
import { atEnd, check, equal, finish, holds } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";
import { logIn } from "../support/story.mjs";

const EXAMPLE = "examples/03-briefing-2021";
const PAGES_MAX = 8; // of A4: more is a book
const usher = process.env.USHER ?? ["build/release/usher", "build/dev/usher"].find(existsSync);
const folder = mkdtempSync(join(tmpdir(), "usher-report-"));
atEnd(() => rmSync(folder, { recursive: true }));

// The briefing with a survey before it, so that the report has everything in it.
const event = join(folder, "event");
mkdirSync(event);
for (const name of readdirSync(EXAMPLE)) {
  copyFileSync(join(EXAMPLE, name), join(event, name));
}
const script = readFileSync(join(EXAMPLE, "hlb.lua"), "utf8")
  .replace('survey "feedback" {\n  to = present,\n  anonymous = true,', `survey "before" { to = coming,
  opens = "5 working days before, 10:00", closes = "at the start", ask = { objectives } }
survey "feedback" {
  to = present,`);
writeFileSync(join(event, "hlb.lua"), `${script}\ncompare { "before", "feedback" }\n`);
execFileSync(usher, ["rehearse", "--out", folder, join(event, "hlb.lua"),
  "--guest", "no-show 20%, declines 10%"]);
const site = await browser.serve(folder);

async function look(page, name) {
  await browser.fits(page);
  await browser.accessible(page);
  await browser.screenshot(page, name);
  browser.quiet(page);
}

for (const device of [browser.phone, browser.desktop]) {
  await check(`the file is read on a ${device.name}`, async () => {
    const reader = await browser.visitor(device);
    await reader.goto(`${site}/report.html`);
    holds(await reader.textContent("h1"), "High-Level Briefing");
    holds(await reader.textContent("main"), "Paired: the same");
    await look(reader, `report-${device.name}`);
    await browser.leave(reader);
  });
}

await check("every picture is as wide as its column and no wider", async () => {
  const reader = await browser.visitor(browser.phone);
  await reader.goto(`${site}/report.html`);
  const wide = await reader.$$eval("svg", (list) => list.filter((svg) =>
    svg.getBoundingClientRect().right > document.documentElement.clientWidth + 1).length);
  equal(wide, 0);
  await browser.leave(reader);
});

await check("it prints on a few pages of A4, and no picture is cut", async () => {
  const reader = await browser.visitor(browser.desktop);
  await reader.goto(`${site}/report.html`);
  const pdf = await reader.pdf({ preferCSSPageSize: true, path: "build/screenshots/report.pdf" });
  const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
  equal(pages >= 2 && pages <= PAGES_MAX, true);
  await browser.leave(reader);
});

// ---- in the office ------------------------------------------------------------------------------------

const office = await openOffice({ script: "hlb.lua", example: EXAMPLE,
  now: "2021-02-08 08:55 Asia/Thimphu" });
await office.run();

for (const device of [browser.phone, browser.desktop]) {
  await check(`the office's page is read on a ${device.name}`, async () => {
    const desk = await logIn(office, "doim@moic.example", device);
    await desk.goto(`${office.site}/e/hlb-2021/report`);
    holds(await desk.textContent("main"), "still to come");
    await look(desk, `office-report-${device.name}`);
    const [file] = await Promise.all([desk.waitForEvent("download"),
      desk.getByRole("link", { name: "The report as one file" }).click()]);
    equal(file.suggestedFilename(), "hlb-2021-report.html");
    const [table] = await Promise.all([desk.waitForEvent("download"),
      desk.getByRole("link", { name: "guests", exact: true }).click()]);
    equal(table.suggestedFilename(), "hlb-2021-guests.csv");
    holds(readFileSync(await table.path(), "utf8"), "Sonam Wangmo");
    await browser.leave(desk);
  });
}

await finish();
