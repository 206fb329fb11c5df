// SPDX-License-Identifier: MIT
// Signing up as people do it, on a phone and on a desktop, and once without JavaScript: the form with what is
// wrong beside it, the mailed link, the wait-list, the offer, and giving a seat up.
import * as browser from "../support/browser.mjs";
import { check, equal, finish, holds } from "../support/checks.mjs";
import { openOffice } from "../support/office.mjs";

const WEBINAR = { script: "webinar.lua", example: "examples/05-signup-and-survey" };
const READING_MS = 2100; // a form that comes sooner is a robot's

const office = await openOffice({ ...WEBINAR, now: "2021-02-01 09:00 Asia/Thimphu" });
await office.run();

async function open(path, device, settings = {}) {
  const guest = await browser.visitor(device, settings);
  await guest.goto(new URL(path, office.site).href, { waitUntil: "load" });
  return guest;
}

/** Whatever is to hold of every page; a picture of it for people to look at. */
async function look(guest, name, readable = true) {
  await browser.screenshot(guest, `signup-${name}`);
  await browser.fits(guest);
  if (readable) {
    await browser.accessible(guest); // axe is a script
  }
  browser.quiet(guest);
}

async function fillIn(guest, name, address, group = "Ministries") {
  await guest.getByLabel("Your name").fill(name);
  await guest.getByLabel("Your mail address").fill(address);
  await guest.locator(`input[value="${group}"]`).check();
  await guest.getByLabel("Your office").fill("DoIM & MoIC");
  await guest.getByLabel("Alone", { exact: true }).check();
  await guest.getByLabel("2", { exact: true }).check();
}

async function send(guest, button = "Sign up") {
  await guest.getByRole("button", { name: button, exact: true }).click();
  await guest.waitForLoadState();
}

async function linkFor(address, subject = "Please confirm") {
  const [link] = await office.linksIn(await office.waitMail(address, subject));
  return link;
}

for (const device of [browser.phone, browser.desktop]) {
  const address = `sonam.${device.name}@office.example`;

  await check(`what is wrong is said beside the field, on a ${device.name}`, async () => {
    const guest = await open("/signup/ict-webinar", device);
    await look(guest, `form-${device.name}`);
    await fillIn(guest, "Dasho Sonam Wangmo", "nobody");
    await guest.waitForTimeout(READING_MS);
    await guest.locator("form").evaluate((form) => { form.noValidate = true; });
    await send(guest);
    holds(await guest.locator("#mail-wrong").innerText(), "This is not a mail address.");
    equal(await guest.getByLabel("Your office").inputValue(), "DoIM & MoIC");
    equal(await guest.getByLabel("Ministries").isChecked(), true);
    await look(guest, `wrong-${device.name}`);
    await guest.getByLabel("Your mail address").fill(address);
    await send(guest);
    holds(await guest.locator("main").innerText(), "We have sent you a mail.");
    await look(guest, `thanks-${device.name}`);
    await browser.leave(guest);
  });

  await check(`the mailed link asks once more, then there is a seat, on a ${device.name}`, async () => {
    const guest = await open(await linkFor(address), device);
    await look(guest, `confirm-${device.name}`);
    await send(guest, "Confirm my sign-up");
    await office.waitMail(address, "You have a seat");
    const day = await guest.getByText("your page for the day").getAttribute("href");
    equal((await guest.request.get(new URL(day, office.site).href)).status(), 200);
    await guest.getByText("Change my answers").click();
    await guest.getByText("I can't come").click();
    await look(guest, `seat-${device.name}`);
    await browser.leave(guest);
  });
}

/** Without a browser, for those who only fill the seats: the form, and the button behind the link. */
async function signUp(note, name, address) {
  const form = { name, mail: address, group: "Dzongkhags", "ask: Your office": "Dzongkhag", note };
  const post = (path, fields) => fetch(new URL(path, office.site),
    { method: "POST", redirect: "manual", body: new URLSearchParams(fields) });
  equal((await post("/signup/ict-webinar", form)).status, 303);
  equal((await post(await linkFor(address), { ...form, act: "confirm" })).status, 303);
}

await check("everything works with JavaScript off", async () => {
  const guest = await open("/signup/ict-webinar", browser.phone, { javaScriptEnabled: false });
  await fillIn(guest, "Person 1", "p1@x.example", "Dzongkhags");
  const note = await guest.locator("input[name=note]").inputValue();
  await guest.waitForTimeout(READING_MS);
  await send(guest);
  await guest.goto(await linkFor("p1@x.example"));
  await send(guest, "Confirm my sign-up");
  holds(await guest.locator("h1").innerText(), "You have a seat");
  await look(guest, "without-javascript-phone", false);
  for (let n = 2; n <= 6; n += 1) { // four seats are theirs, two are for all
    await signUp(note, `Person ${n}`, `p${n}@x.example`);
  }
  await signUp(note, "Person 7", "p7@x.example");
});

await check("who waits is told the number, and takes the seat that somebody gives up", async () => {
  const waiting = await open(await linkFor("p7@x.example"), browser.desktop);
  holds(await waiting.locator("main").innerText(), "You are number 1.");
  await look(waiting, "waiting-desktop");
  const full = await open("/signup/ict-webinar", browser.phone);
  holds(await full.locator("form").innerText(), "Dzongkhags (full: wait-list)");
  const first = await open(await linkFor("p1@x.example"), browser.phone);
  await first.getByText("I can't come").click();
  await send(first, "Give up my seat");
  holds(await first.locator("h1").innerText(), "You have cancelled");
  await look(first, "cancelled-phone");
  const last = await open(await linkFor("p7@x.example", "A seat has come free"), browser.phone);
  await look(last, "offer-phone");
  await send(last, "I take the seat");
  holds(await last.locator("h1").innerText(), "You have a seat");
});

await finish();
