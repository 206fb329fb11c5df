// SPDX-License-Identifier: MIT
// The rig finds what it is to find: each of its eyes is held to a page that is wrong on purpose.
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as browser from "../support/browser.mjs";
import { atEnd, check, complaintOf, equal, finish, holds } from "../support/checks.mjs";

const POLICY = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:";
const folder = mkdtempSync(join(tmpdir(), "usher-browser-"));
atEnd(() => rmSync(folder, { recursive: true }));

function page(name, body) {
  writeFileSync(join(folder, name), `<!doctype html><html lang="en"><meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${name}</title><main><h1>${name}</h1>${body}</main>`);
}

page("good.html", "<p>Nothing is wrong here. <a href='good.html'>Again</a></p>");
page("wide.html", "<p style='width: 60rem'>This paragraph is wider than a phone.</p>");
page("inline.html", "<script>document.title = 'it ran'</script>");
page("image.html", "<img src='missing.png' alt='a picture'>");
page("remote.html", "<img src='http://elsewhere.example/pixel.png' alt='a pixel'>");
page("script.html", "<script src='broken.js'></script>");
writeFileSync(join(folder, "broken.js"), "nobodyKnowsThis()");
page("field.html", "<form><input name='who'><button>Send</button></form>");
page("alive.html", "<p id='said'>off</p><script>document.querySelector('#said').textContent = 'on'</script>");

const free = await browser.serve(folder);
const strict = await browser.serve(folder, { "content-security-policy": POLICY });

async function open(path, { device = browser.phone, site = free, ...settings } = {}) {
  const guest = await browser.visitor(device, settings);
  await guest.goto(`${site}/${path}`, { waitUntil: "load" });
  return guest;
}

for (const device of [browser.phone, browser.desktop]) {
  await check(`a page that is well made passes on a ${device.name}`, async () => {
    const guest = await open("good.html", { device, site: strict });
    await browser.fits(guest);
    await browser.accessible(guest);
    browser.quiet(guest);
  });
}

await check("a page that is wider than a phone is found, with what sticks out", async () => {
  holds(await complaintOf(async () => browser.fits(await open("wide.html"))), "wider than a phone");
  await browser.fits(await open("wide.html", { device: browser.desktop }));
});

for (const javaScriptEnabled of [true, false]) {
  const state = javaScriptEnabled ? "on" : "off";
  await check(`what the policy refuses is heard with JavaScript ${state}`, async () => {
    const guest = await open("wide.html", { site: strict, javaScriptEnabled });
    holds(await complaintOf(() => browser.quiet(guest)), "Content Security Policy");
  });
}

await check("an inline script does not run under the policy, and is heard", async () => {
  const guest = await open("inline.html", { site: strict });
  equal(await guest.title(), "inline.html");
  holds(await complaintOf(() => browser.quiet(guest)), "Content Security Policy");
});

await check("a missing file, a remote one and an error in a script are heard", async () => {
  for (const [path, word] of [["image.html", "404"], ["remote.html", "elsewhere.example"],
    ["script.html", "nobodyKnowsThis"]]) {
    const guest = await open(path);
    holds(await complaintOf(() => browser.quiet(guest)), word);
  }
});

await check("a page that is missing itself is no complaint", async () => {
  browser.quiet(await open("nowhere.html"));
});

await check("a field without a label is found", async () => {
  holds(await complaintOf(async () => browser.accessible(await open("field.html"))), "label");
});

await check("JavaScript is on, or off", async () => {
  equal(await (await open("alive.html")).textContent("#said"), "on");
  equal(await (await open("alive.html", { javaScriptEnabled: false })).textContent("#said"), "off");
});

await check("a phone has a touch screen of its size", async () => {
  const guest = await open("good.html");
  const seen = await guest.evaluate(() => [innerWidth, innerHeight, navigator.maxTouchPoints > 0]);
  equal(seen, [390, 844, true]);
});

await check("a screenshot is a file", async () => {
  const path = await browser.screenshot(await open("good.html"), "rig");
  equal(statSync(path).size > 1000, true);
});

await finish();
