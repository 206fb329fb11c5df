// SPDX-License-Identifier: MIT
// story: what the tests that live through a whole event have in common: pages that are looked at from all
// sides, keys instead of a mouse, calendar entries as a calendar program reads them.
import * as browser from "./browser.mjs";
import { equal } from "./checks.mjs";

const TABS_MAX = 60; // of one page; the longest form of ours has half as many fields

/** Every page has one heading of the first rank, says its language, and has a name for each field. */
async function wellFormed(page) {
  const found = await page.evaluate(() => ({
    headings: document.querySelectorAll("h1").length,
    language: document.documentElement.lang !== "",
    nameless: [...document.querySelectorAll("input:not([type=hidden]), textarea, select")]
      .filter((field) => field.labels.length === 0).map((field) => field.outerHTML),
  }));
  equal(found, { headings: 1, language: true, nameless: [] });
}

/** Looks at a page from all sides and keeps a picture of it. axe needs JavaScript, the rest does not. */
export async function look(page, name, javaScriptEnabled = true) {
  await browser.screenshot(page, name);
  await browser.fits(page);
  await wellFormed(page);
  if (javaScriptEnabled) {
    await browser.accessible(page);
  }
  browser.quiet(page);
}

/** Presses a button by keys alone: tab until it is there, then Enter. */
export async function pressByKeys(page, button) {
  for (let i = 0; i < TABS_MAX; i += 1) {
    if (await button.evaluate((element) => element === document.activeElement)) {
      await page.keyboard.press("Enter");
      return;
    }
    await page.keyboard.press("Tab");
  }
  throw new Error(`${page.url()}: no key leads to ${button}`);
}

/** The mail's calendar file: { method, NAME: value, ... } of its one entry, without the parameters. */
export function entryOf(mail) {
  const { text } = mail.parts.find((part) => part.type === "text/calendar");
  equal(text.replaceAll("\r\n", "").includes("\n"), false); // every line ends as the standard says
  const lines = text.replaceAll(/\r\n[ \t]/g, "").split("\r\n");
  const entry = { method: lines.find((line) => line.startsWith("METHOD:"))?.slice("METHOD:".length) };
  for (const line of lines.slice(lines.indexOf("BEGIN:VEVENT") + 1, lines.indexOf("END:VEVENT"))) {
    const [, name, value] = line.match(/^([A-Z-]+)(?:;[^:]*)?:(.*)$/) ?? [];
    entry[name] ??= value;
  }
  return entry;
}

/** The first link of a mail that leads to a page of that kind: "a" answer, "j" join, "s" survey, ... */
export function linkIn(office, mail, kind) {
  const link = office.linksIn(mail).find((one) => one.startsWith(`${office.site}/${kind}/`));
  if (!link) {
    throw new Error(`no /${kind}/ in ${mail.links}`);
  }
  return link;
}

/** Somebody of the organisers who has asked for a link and has pressed its button; where that leads. */
export async function logIn(office, address, device, settings) {
  const before = (await office.mailsTo(address)).filter((mail) => mail.subject.includes("Log in")).length;
  const person = await browser.visitor(device, settings);
  await person.goto(`${office.site}/login`);
  await person.getByLabel("Your mail address").fill(address);
  await person.getByRole("button", { name: "Send me a link" }).click();
  const mail = await office.waitMail(address, "Log in", before + 1);
  await person.goto(office.linksIn(mail)[0]);
  await person.getByRole("button", { name: "Log in" }).click();
  await person.waitForURL(/\/e\//);
  return person;
}
