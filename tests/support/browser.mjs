// SPDX-License-Identifier: MIT
// browser: pages as people see them, in Debian's Chromium: phone or desktop, with JavaScript or without.
//
// Every visitor has cookies of its own and is watched: what the browser complains about (the content security
// policy, errors in scripts, files that are missing) and whatever it wants to load from elsewhere is kept for
// quiet(). Names of other machines do not resolve here. playwright-core and axe-core are those of
// tests/browser/package-lock.json; ./dev test brings them to build/browser.
import { createServer } from "node:http";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:https";
import { createRequire } from "node:module";
import { extname, join, normalize, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { atEnd } from "./checks.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SCREENSHOTS = join(ROOT, "build/screenshots");
const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--no-sandbox", // the tests run as root in places where a sandbox in the sandbox is not to be had
  "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--no-proxy-server",
  "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
];

export const phone = {
  name: "phone",
  settings: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
};
export const desktop = { name: "desktop", settings: { viewport: { width: 1280, height: 800 } } };

// ---- what npm brought -----------------------------------------------------------------------------------

function bring(name) {
  try {
    return createRequire(join(ROOT, "build/browser/package.json"))(name);
  } catch (error) {
    throw new Error(`there is no ${name} in build/browser: ./dev test brings it there (${error.message})`);
  }
}

// ---- visitors -------------------------------------------------------------------------------------------

let browser;
const complaints = new WeakMap(); // page -> what it complained about

async function start() {
  const { chromium } = bring("playwright-core"); // its user-data-dir is a fresh one, removed at the end
  const started = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  atEnd(() => started.close());
  return started;
}

// A page whose own status is an error says so itself, and nobody promised an icon; its files must be there.
function isExpected(message, page) {
  const { url } = message.location();
  const expected = url === page.url() || url.endsWith("/favicon.ico");
  return expected && message.text().startsWith("Failed to load resource");
}

function watch(page) {
  const heard = [];
  complaints.set(page, heard);
  page.on("pageerror", (error) => heard.push(`script: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isExpected(message, page)) {
      heard.push(message.text());
    }
  });
  page.on("request", (request) => {
    const { protocol, hostname } = new URL(request.url());
    if (protocol !== "data:" && hostname !== "127.0.0.1") {
      heard.push(`wants ${request.url()}`);
    }
  });
}

/** A page of somebody new. settings are playwright's for a context: javaScriptEnabled, locale, ... */
export async function visitor(device, settings = {}) {
  browser ??= start();
  const context = await (await browser).newContext({ ...device.settings, ...settings });
  context.on("page", watch);
  return context.newPage();
}

/** Ends a visit; what the visitor had, cookies too, is gone. */
export async function leave(page) {
  await page.context().close();
}

// ---- what must hold for a page --------------------------------------------------------------------------

/** The browser had nothing to complain about so far, and nothing was wanted from elsewhere. */
export function quiet(page) {
  const heard = complaints.get(page);
  if (heard.length) {
    throw new Error(`${page.url()} is not quiet:\n  ${heard.join("\n  ")}`);
  }
}

/** Nothing sticks out to the side, so nobody has to scroll there. */
export async function fits(page) {
  const width = page.viewportSize().width;
  const seen = await page.evaluate((most) => ({
    width: document.documentElement.scrollWidth,
    wide: [...document.querySelectorAll("body *")]
      .filter((element) => element.getBoundingClientRect().right > most + 1)
      .map((element) => element.outerHTML.slice(0, 80)),
  }), width);
  if (seen.width > width) {
    const wide = seen.wide.slice(0, 3).join("\n  ");
    throw new Error(`${page.url()} is ${seen.width} wide on a screen of ${width}:\n  ${wide}`);
  }
}

/** axe finds nothing against WCAG 2.2 AA, the size of what a finger touches included. It needs JavaScript. */
export async function accessible(page) {
  const axe = bring("axe-core");
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run({
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  if (violations.length) {
    const found = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes[0].html.slice(0, 120)}`);
    throw new Error(`${page.url()} is not accessible:\n  ${found.join("\n  ")}`);
  }
}

/** The whole page as build/screenshots/NAME.png. */
export async function screenshot(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const path = join(SCREENSHOTS, `${name}.png`);
  await page.screenshot({ path, fullPage: true, animations: "disabled" });
  return path;
}

// ---- a folder as a web site -----------------------------------------------------------------------------

const HTML = "text/html; charset=utf-8";
const TYPES = { ".css": "text/css", ".js": "text/javascript", ".eml": "message/rfc822", ".png": "image/png" };

/** Serves the files of a folder until the end; answers its address. tls: { key, cert } for https. */
export async function serve(folder, headers = {}, tls = null) {
  const root = resolve(folder);
  const make = tls ? (answer) => createTlsServer(tls, answer) : createServer;
  const server = make((request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://x").pathname));
    try {
      const body = readFileSync(join(root, path.endsWith("/") ? `${path}index.html` : path));
      response.writeHead(200, { "content-type": TYPES[extname(path)] ?? HTML, ...headers }).end(body);
    } catch {
      response.writeHead(404).end("There is no such page.\n");
    }
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  atEnd(() => server.close());
  return `http${tls ? "s" : ""}://127.0.0.1:${server.address().port}`;
}
