// Walks the client of graphql-ws through a server: `node websocket.mjs URL`.
import assert from "node:assert/strict";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url] = process.argv.slice(2);
const connect = (options = {}) =>
  createClient({ url, webSocketImpl: WebSocket, retryAttempts: 0, ...options });

const client = connect({ connectionParams: { authorization: "Bearer hanako" } });
const events = [];
for await (const event of client.iterate({ query: "subscription { count(to: 3) }" })) {
  events.push(event.data.count);
}
assert.deepEqual(events, [1, 2, 3]);

for await (const event of client.iterate({ query: "{ me }" })) {
  assert.equal(event.data.me, "hanako");
}

for await (const event of client.iterate({ query: "subscription { silence }" })) {
  assert.equal(event.data.silence, 1);
  break;
}

await assert.rejects(async () => {
  for await (const event of client.iterate({ query: "subscription { nothing }" })) {
    assert.fail(`an event: ${JSON.stringify(event)}`);
  }
}, (errors) => errors[0].extensions.code === "GRAPHQL_VALIDATION_FAILED");
await client.dispose();

// A wrong token closes with 4403.
const stranger = connect({ connectionParams: { authorization: "Bearer taro" } });
await assert.rejects(async () => {
  for await (const event of stranger.iterate({ query: "{ hello }" })) assert.fail(JSON.stringify(event));
}, (closing) => closing.code === 4403);

console.log("graphql-ws is served");
process.exit(0);
