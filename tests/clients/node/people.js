"use strict";

const MARTY = {
  channel_identities: [{ channel: "SMS", identity: "+12015555555" }],
  language: "EN_US",
  display_name: "Marty McFly",
  email: "time.traveler@delorean.com",
};
const APP = "01W4FFL35P4NC4K35CONVAPP001";
const MESSENGER = { channel: "MESSENGER", identity: "7968425018576406", app_id: APP };

/** Creates a contact like Marty, with other fields laid over his. */
function create(service, fields = {}) {
  return service.contact.create({ contactCreateRequestBody: { ...MARTY, ...fields } });
}

module.exports = { APP, MARTY, MESSENGER, create };
