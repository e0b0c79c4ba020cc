"use strict";

const assert = require("node:assert/strict");

const { ConversationCallbackWebhooks } = require("@sinch/conversation");

const { connect } = require("./emulator.js");
const { APP, create } = require("./people.js");
const { Receiver } = require("./receiver.js");

const SECRET = "CactusKnight_SurfsWaves";
const TRIGGERS = ["CONTACT_CREATE", "CONTACT_UPDATE", "CONTACT_DELETE", "CONTACT_MERGE"];
const webhooks = new ConversationCallbackWebhooks(SECRET);

/** Registers a webhook by the SDK, makes changes, and returns the events that come of them. */
async function eventsOf(service, count, change) {
  const receiver = new Receiver();
  try {
    const target = await receiver.listen();
    const webhook = await service.webhooks.create({
      webhookCreateRequestBody: { app_id: APP, target, target_type: "HTTP", triggers: TRIGGERS, secret: SECRET },
    });
    assert.deepEqual(webhook.triggers, TRIGGERS);
    await change();
    return await receiver.take(count);
  } finally {
    receiver.close();
  }
}

/** Creates a contact whose name is not ASCII, and returns its event. */
async function oneEvent() {
  const service = connect();
  const [event] = await eventsOf(service, 1, () => create(service, { display_name: "Zoë ☎" }));
  return event;
}

module.exports = {
  async "gets signed events and reads them"() {
    const service = connect();
    let first, updated, second, third, merged;
    const events = await eventsOf(service, 6, async () => {
      first = await create(service, { email: "" });
      updated = await service.contact.update({
        contact_id: first.id,
        updateContactRequestBody: { display_name: "Zoë ☎" },
      });
      second = await create(service);
      third = await create(service);
      merged = await service.contact.mergeContact({
        destination_id: first.id,
        mergeContactRequestBody: { source_id: second.id },
      });
      await service.contact.delete({ contact_id: third.id });
    });

    const read = events.map(({ headers, body }) => {
      assert.ok(webhooks.validateAuthenticationHeader(headers, body, "/events", "POST"), body);
      const event = webhooks.parseEvent(body);
      assert.equal(event.project_id, "tinyfrog-jump-high-over-lilypadbasin");
      assert.ok(Math.abs(Date.parse(event.accepted_time) - Date.now()) < 60_000, body);
      return event;
    });
    const told = (trigger, id) => read.filter((event) => event.trigger === trigger && contactOf(event).id === id);
    assert.equal(told("CONTACT_CREATE", first.id).length, 1);
    assert.equal(told("CONTACT_CREATE", second.id).length, 1);
    assert.equal(told("CONTACT_CREATE", third.id).length, 1);
    assert.equal(told("CONTACT_DELETE", third.id).length, 1);
    const [update] = told("CONTACT_UPDATE", first.id);
    assert.equal(contactOf(update).display_name, updated.display_name);
    const [merge] = told("CONTACT_MERGE", first.id);
    assert.equal(contactOf(merge).email, merged.email);
    assert.equal(merge.contact_merge_notification.deleted_contact.id, second.id);
  },

  async "refuses an event that was tampered with"() {
    const { headers, body } = await oneEvent();
    const check = (secret, ...event) => new ConversationCallbackWebhooks(secret).validateAuthenticationHeader(...event);
    assert.equal(check(SECRET, headers, body), true);
    assert.equal(check(SECRET, headers, body.replace("SMS", "MMS")), false);
    assert.equal(check("another secret", headers, body), false);
    const later = { ...headers, "x-sinch-webhook-signature-timestamp": "1" };
    assert.equal(check(SECRET, later, body), false);
  },

  async "checks an event that was parsed before"() {
    const { headers, body } = await oneEvent();
    assert.equal(webhooks.validateAuthenticationHeader(headers, JSON.parse(body), "/events", "POST"), true, body);
  },
};

function contactOf(event) {
  const { trigger } = event;
  if (trigger === "CONTACT_MERGE") {
    return event.contact_merge_notification.preserved_contact;
  }
  return event[`${trigger.toLowerCase()}_notification`].contact;
}
