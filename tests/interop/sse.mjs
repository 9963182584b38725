// Walks the client of graphql-sse through a server: `node sse.mjs URL`.
import assert from "node:assert/strict";
import { createClient } from "graphql-sse";

const [url] = process.argv.slice(2);
const client = createClient({ url, retryAttempts: 0 });

const events = [];
for await (const event of client.iterate({ query: "subscription { count(to: 3) }" })) {
  events.push(event.data.count);
}
assert.deepEqual(events, [1, 2, 3]);

// A query is answered as well, with one event.
for await (const event of client.iterate({ query: "{ hello }" })) {
  assert.equal(event.data.hello, "hello world");
}

// Leaving in the middle is noticed by the server.
for await (const event of client.iterate({ query: "subscription { silence }" })) {
  assert.equal(event.data.silence, 1);
  break;
}

// An error in the second event comes as an event.
const failing = [];
for await (const event of client.iterate({ query: "subscription { fails }" })) {
  failing.push(event.errors?.[0].extensions.code ?? event.data.fails);
}
assert.deepEqual(failing, [1, "INTERNAL"]);

// What cannot be executed is refused before the stream begins.
await assert.rejects(async () => {
  for await (const event of client.iterate({ query: "subscription { nothing }" })) {
    assert.fail(`an event: ${JSON.stringify(event)}`);
  }
}, (error) => error.response?.status === 400);

client.dispose();
console.log("graphql-sse is served");
