"use strict";

const assert = require("node:assert/strict");

const { RequestFailedError } = require("@sinch/conversation");

const { connect, faults, requests } = require("./emulator.js");
const { create } = require("./people.js");

/** Sees that a call fails with the SDK's own error, and returns the status and what the body says. */
async function refusal(call) {
  let refused;
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof RequestFailedError, String(error));
    refused = { statusCode: error.statusCode, body: JSON.parse(error.data) };
    return true;
  });
  return refused;
}

/** Says how the SDK shows a documented error. */
function documented(code, status, message) {
  return { statusCode: code, body: { error: { code, message, status, details: [] } } };
}

module.exports = {
  async "is told 404 of a contact that is not there"() {
    const { contact } = connect();
    const notThere = documented(404, "NOT_FOUND", "The contact was not found.");
    assert.deepEqual(await refusal(contact.get({ contact_id: "nobody" })), notThere);
    assert.deepEqual(await refusal(contact.delete({ contact_id: "nobody" })), notThere);
    const updateContactRequestBody = { email: "a@example.com" };
    assert.deepEqual(await refusal(contact.update({ contact_id: "nobody", updateContactRequestBody })), notThere);
  },

  async "is told 400 of a contact that is not valid"() {
    const service = connect();
    assert.deepEqual(
      await refusal(create(service, { metadata: "m".repeat(1025) })),
      documented(400, "INVALID_ARGUMENT", "contact: metadata is longer than 1024 characters"),
    );
    assert.deepEqual(
      await refusal(service.contact.list({ channel: "SMS" })),
      documented(400, "INVALID_ARGUMENT", "channel and identity come together"),
    );
  },

  async "is told 401 of a wrong key"() {
    const { statusCode, body } = await refusal(connect("wrong").contact.get({ contact_id: "nobody" }));
    assert.equal(statusCode, 401);
    assert.deepEqual(body, { error: "invalid_client", error_description: "Client authentication failed." });
  },

  async "is told 401 of a token that is refused again"() {
    const { contact } = connect();
    await faults({ kind: "expire_token", times: null });
    assert.deepEqual(
      await refusal(contact.get({ contact_id: "nobody" })),
      documented(401, "UNAUTHENTICATED", "The token is expired."),
    );
    const { token, get } = await requests();
    assert.deepEqual({ token, get }, { token: 2, get: 2 });
  },

  async "is told 403 of a call that is not permitted"() {
    const { contact } = connect();
    await faults({ kind: "error_before", operation: "get", status: 403 });
    const { statusCode, body } = await refusal(contact.get({ contact_id: "nobody" }));
    assert.deepEqual([statusCode, body.error.code], [403, 403]);
    assert.equal(body.error.message, "Internal error.");
  },

  async "renews a token that has expired"() {
    const service = connect();
    const created = await create(service);
    await faults({ kind: "expire_token" });
    assert.deepEqual(await service.contact.get({ contact_id: created.id }), created);
    const { token, get } = await requests();
    assert.deepEqual({ token, get }, { token: 2, get: 2 });
  },

  async "asks again where the token endpoint throttles"() {
    await faults({ kind: "throttle", operation: "token", retry_after: 0 });
    await create(connect());
    const { token, create: created } = await requests();
    assert.deepEqual({ token, created }, { token: 2, created: 1 });
  },
};
