// SPDX-License-Identifier: MIT
// office: office.py for tests in JavaScript. A child does the work; it ends with this process, come what may.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { atEnd } from "./checks.mjs";

const PROGRAM = fileURLToPath(new URL("office.py", import.meta.url));

/** Opens an office with the options of office.Office; answers an object with its calls, and site and path. */
export async function openOffice(options) {
  const child = spawn("python3", [PROGRAM], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function call(name, ...given) {
    child.stdin.write(`${JSON.stringify({ call: name, with: given })}\n`);
    const { value, done } = await lines.next();
    if (done) {
      throw new Error(`the office ended when it was asked to ${name}`);
    }
    const answer = JSON.parse(value);
    if ("error" in answer) {
      throw new Error(`${name}: ${answer.error}`);
    }
    return answer.is;
  }

  atEnd(() => new Promise((ended) => child.once("exit", ended) && child.stdin.end()));
  const about = await call("open", options);
  return {
    ...about,
    run: (...more) => call("run", ...more),
    stop: () => call("stop"),
    kill: () => call("kill"),
    goTo: (now) => call("go_to", now),
    settle: () => call("settle"),
    mails: () => call("mails"),
    mailsTo: (address) => call("mails_to", address),
    waitMail: (address, subject, nth = 1) => call("wait_mail", address, subject, nth),
    linksIn: (mail) => mail.links.filter((link) => link.startsWith(`${about.site}/`)),
    command: (...words) => call("command", ...words),
    json: (...words) => call("json", ...words),
    write: (name, text) => call("write", name, text),
    deliver: (mail) => call("deliver", mail),
    log: () => call("log"),
  };
}
