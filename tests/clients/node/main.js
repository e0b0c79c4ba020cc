"use strict";

// Runs each check against an emulator that is empty, and notes in a line of JSON its name, and why it failed. The notes
// go to a file: the SDK logs to the standard output.

const { appendFileSync } = require("node:fs");
const { setTimeout: sleep } = require("node:timers/promises");

const { reset } = require("./emulator.js");

const PATIENCE = 20_000;
const CHECKS = { ...require("./contacts.js"), ...require("./refusals.js"), ...require("./events.js") };

async function tooLong() {
  await sleep(PATIENCE);
  throw new Error(`no end after ${PATIENCE} ms`);
}

async function main() {
  for (const [check, run] of Object.entries(CHECKS)) {
    await reset();
    let failure = null;
    try {
      await Promise.race([run(), tooLong()]);
    } catch (error) {
      failure = error.stack ?? String(error);
    }
    appendFileSync(process.env.SINCH_OUTCOMES, `${JSON.stringify({ check, failure })}\n`);
  }
}

// What was not waited for ends here: a call of the SDK that never settles, and the clock that was against it.
main().then(() => process.exit());
