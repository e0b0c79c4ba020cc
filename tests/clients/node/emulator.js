"use strict";

// The emulator that pytest serves: the SDK's client for it, and its own controls.

const { ConversationService } = require("@sinch/conversation");

const url = process.env.SINCH_EMULATOR;

/** Makes a client of the SDK, with a token of its own. */
function connect(keySecret = "keySecret") {
  return new ConversationService({
    projectId: "tinyfrog-jump-high-over-lilypadbasin",
    keyId: "keyId",
    keySecret,
    conversationRegion: "eu",
    authHostname: url,
    conversationHostname: url,
  });
}

async function control(method, path, body) {
  const answer = await fetch(`${url}/_emulator/${path}`, { method, body: body && JSON.stringify(body) });
  if (!answer.ok) {
    throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  }
  return answer.json();
}

/** Forgets contacts, webhooks, faults and counts. */
const reset = () => control("POST", "reset");

/** Puts faults in force. */
const faults = (...rules) => control("PUT", "faults", rules);

/** Tells how often each kind of call was made. */
const requests = async () => (await control("GET", "stats")).requests;

module.exports = { connect, faults, requests, reset };
