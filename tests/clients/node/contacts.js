"use strict";

const assert = require("node:assert/strict");

const { connect } = require("./emulator.js");
const { APP, MARTY, MESSENGER, create } = require("./people.js");

const SMS = { channel: "SMS", identity: "12015555555", app_id: "" };

/** Follows a list by hand, and returns the ids of each page. */
async function idsByPage(list) {
  const pages = [];
  for (let page = await list; ; page = await page.nextPage()) {
    pages.push(page.data.map((contact) => contact.id));
    if (!page.hasNextPage) {
      return pages;
    }
  }
}

async function collected(list) {
  const items = [];
  for await (const item of list) {
    items.push(item);
  }
  return items;
}

module.exports = {
  async "creates a contact and reads it"() {
    const service = connect();
    const created = await create(service);
    assert.deepEqual(await service.contact.get({ contact_id: created.id }), created);
    const { id, ...fields } = created;
    assert.match(id, /^[0-9A-Z]{26}$/);
    assert.deepEqual(fields, {
      ...MARTY,
      channel_identities: [SMS],
      channel_priority: [],
      external_id: "",
      metadata: "",
    });
  },

  async "lists contacts over several pages, by itself and by hand"() {
    const service = connect();
    const made = [];
    for (let number = 0; number < 4; number += 1) {
      made.push((await create(service, { external_id: `p${number}` })).id);
    }
    const byHand = await idsByPage(service.contact.list({ page_size: 2 }));
    assert.deepEqual(byHand.map((ids) => ids.length), [2, 2, 0]);
    assert.deepEqual(byHand.flat().sort(), [...made].sort());
    const all = await collected(service.contact.list({ page_size: 3 }));
    assert.deepEqual(all.map((contact) => contact.id).sort(), [...made].sort());
    assert.deepEqual((await idsByPage(service.contact.list({}))).map((ids) => ids.length), [4]);
  },

  async "finds contacts by external id and by number"() {
    const service = connect();
    const wanted = await create(service, { external_id: "marty" });
    await create(service, { channel_identities: [{ channel: "SMS", identity: "+1999" }] });
    assert.deepEqual(await collected(service.contact.list({ external_id: "marty" })), [wanted]);
    for (const identity of ["+12015555555", "12015555555"]) {
      assert.deepEqual(await collected(service.contact.list({ channel: "SMS", identity })), [wanted]);
    }
    assert.deepEqual(await collected(service.contact.list({ external_id: "nobody" })), []);
  },

  async "updates what it names"() {
    const service = connect();
    const created = await create(service);
    const updated = await service.contact.update({
      contact_id: created.id,
      updateContactRequestBody: { channel_identities: [MESSENGER, SMS], channel_priority: ["MESSENGER"] },
    });
    assert.deepEqual(updated, { ...created, channel_identities: [MESSENGER, SMS], channel_priority: ["MESSENGER"] });
    assert.deepEqual(await service.contact.get({ contact_id: created.id }), updated);
  },

  async "updates with a mask"() {
    const service = connect();
    const created = await create(service, { external_id: "marty" });
    const updated = await service.contact.update({
      contact_id: created.id,
      update_mask: ["display_name", "email"],
      updateContactRequestBody: { display_name: "Doc Brown", language: "DE" },
    });
    assert.deepEqual(updated, { ...created, display_name: "Doc Brown", email: "" });
  },

  async "deletes a contact"() {
    const service = connect();
    const [gone, kept] = [await create(service), await create(service)];
    assert.deepEqual(await service.contact.delete({ contact_id: gone.id }), {});
    assert.deepEqual(await collected(service.contact.list({})), [kept]);
  },

  async "merges two contacts"() {
    const service = connect();
    const source = await create(service);
    const destination = await create(service, {
      channel_identities: [MESSENGER, { channel: "MMS", identity: "+12016666666" }],
      channel_priority: ["MMS", "MESSENGER"],
      display_name: "Pika pika",
      email: "",
    });
    const merged = await service.contact.mergeContact({
      destination_id: destination.id,
      mergeContactRequestBody: { source_id: source.id },
    });
    assert.deepEqual(merged, {
      ...destination,
      channel_identities: [MESSENGER, { channel: "MMS", identity: "12016666666", app_id: "" }, SMS],
      email: MARTY.email,
    });
    assert.deepEqual(await collected(service.contact.list({})), [merged]);
  },

  async "reads a channel profile by contact"() {
    const service = connect();
    const { id } = await create(service, { channel_identities: [MESSENGER] });
    const getChannelProfileRequestBody = { app_id: APP, recipient: { contact_id: id }, channel: "MESSENGER" };
    const profile = await service.contact.getChannelProfile({ getChannelProfileRequestBody });
    assert.deepEqual(profile, { profile_name: "Marty McFly" });
  },

  async "reads a channel profile by identity"() {
    const service = connect();
    await create(service, { channel_identities: [MESSENGER] });
    const { channel, identity } = MESSENGER;
    const recipient = { identified_by: { channel_identities: [{ channel, identity }] } };
    const profile = await service.contact.getChannelProfile({
      getChannelProfileRequestBody: { app_id: APP, recipient, channel },
    });
    assert.deepEqual(profile, { profile_name: "Marty McFly" });
  },

  async "lists identity conflicts over several pages"() {
    const service = connect();
    const ids = [];
    for (const [channel, identity] of [["SMS", "+1201"], ["RCS", "+1201"], ["SMS", "+1202"], ["SMS", "+1202"]]) {
      ids.push((await create(service, { channel_identities: [{ channel, identity }] })).id);
    }
    const conflicts = await collected(service.contact.listIdentityConflicts({ page_size: 1 }));
    assert.deepEqual(conflicts, [
      { identity: "1201", channels: ["RCS", "SMS"], contact_ids: ids.slice(0, 2).sort() },
      { identity: "1202", channels: ["SMS"], contact_ids: ids.slice(2).sort() },
    ]);
  },
};
