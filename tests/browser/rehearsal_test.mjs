// SPDX-License-Identifier: MIT
// The page of a rehearsal, as an organiser looks at it: phone or desktop, with JavaScript or without.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as browser from "../support/browser.mjs";
import { atEnd, check, equal, finish, holds } from "../support/checks.mjs";

const TITLE = "High-Level Briefing on Social Media and Emerging Technologies in the New Normal";
const BRIEFING = "examples/03-briefing-2021/hlb.lua";
const usher = process.env.USHER ?? ["build/release/usher", "build/dev/usher"].find(existsSync);
const folder = mkdtempSync(join(tmpdir(), "usher-rehearsal-"));
atEnd(() => rmSync(folder, { recursive: true }));
execFileSync(usher, ["rehearse", "--out", folder, BRIEFING]);
const site = await browser.serve(folder);

async function look(organiser, javaScriptEnabled) {
  await browser.fits(organiser);
  if (javaScriptEnabled) {
    await browser.accessible(organiser);
  }
}

for (const device of [browser.phone, browser.desktop]) {
  for (const javaScriptEnabled of [true, false]) {
    const how = `on a ${device.name} with JavaScript ${javaScriptEnabled ? "on" : "off"}`;
    await check(`every mail of a rehearsal is found and read ${how}`, async () => {
      const organiser = await browser.visitor(device, { javaScriptEnabled });
      await organiser.goto(site);
      await look(organiser, javaScriptEnabled);
      await browser.screenshot(organiser, `rehearsal-${device.name}`);
      await organiser.getByText("mail invitation → 24").click();
      await organiser.getByRole("link", { name: "Dasho Sonam Wangmo" }).first().click();
      holds(await organiser.textContent("body"), "have the honour to invite you");
      await look(organiser, javaScriptEnabled);
      await browser.screenshot(organiser, `rehearsal-mail-${device.name}`);
      await organiser.getByRole("link", { name: "all mails" }).click();
      equal(await organiser.title(), `Rehearsal: ${TITLE}`);
      browser.quiet(organiser);
      await browser.leave(organiser);
    });
  }
}

await finish();
