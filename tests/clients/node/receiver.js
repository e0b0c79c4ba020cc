"use strict";

// What a webhook's owner runs: it takes events, and keeps them as they came.

const { once } = require("node:events");
const http = require("node:http");

const PATIENCE = 15_000;

class Receiver {
  constructor() {
    this.events = [];
    this.server = http.createServer(async (request, response) => {
      const parts = [];
      for await (const part of request) {
        parts.push(part);
      }
      this.events.push({ headers: request.headers, body: Buffer.concat(parts).toString("utf8") });
      response.end();
      this.server.emit("event");
    });
  }

  /** Listens on any port that is free, and returns its own address. */
  async listen() {
    this.server.listen(0, "127.0.0.1");
    await once(this.server, "listening");
    return `http://127.0.0.1:${this.server.address().port}/events`;
  }

  /** Returns the events once so many have come. */
  async take(count) {
    const signal = AbortSignal.timeout(PATIENCE);
    while (this.events.length < count) {
      await once(this.server, "event", { signal });
    }
    return this.events;
  }

  close() {
    this.server.close();
    this.server.closeAllConnections();
  }
}

module.exports = { Receiver };
