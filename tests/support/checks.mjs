// SPDX-License-Identifier: MIT
// checks: what every test in JavaScript needs: checks with names, one after another, and their counts.
import { inspect, isDeepStrictEqual } from "node:util";

const SHOWN = 300; // characters of a value in a message
const counts = { passed: 0, failed: 0 };
const endings = [];

/** Runs one check; one that fails does not hide the others. */
export async function check(title, run) {
  try {
    await run();
    counts.passed += 1;
  } catch (error) {
    counts.failed += 1;
    console.log(`FAILED ${title}\n${error.stack ?? error}`);
  }
}

/** What was started is ended by this when all checks are over, the last first. */
export function atEnd(close) {
  endings.unshift(close);
}

/** The last call of a test: ends what was started and says the counts. */
export async function finish() {
  for (const close of endings) {
    await close();
  }
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exit(counts.failed ? 1 : 0);
}

function brief(value) {
  return inspect(value, { depth: 6, breakLength: Infinity }).slice(0, SHOWN);
}

export function equal(got, want) {
  if (!isDeepStrictEqual(got, want)) {
    throw new Error(`got ${brief(got)}, wanted ${brief(want)}`);
  }
}

export function holds(text, part) {
  if (!text.includes(part)) {
    throw new Error(`${brief(text)} does not hold ${brief(part)}`);
  }
}

/** The error with which run() fails, as text; it is a failure when it does not fail. */
export async function complaintOf(run) {
  try {
    await run();
  } catch (error) {
    return error.message;
  }
  throw new Error("nothing was wrong, and something should have been");
}
