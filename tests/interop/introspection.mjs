// Reads the schema of a server with the standard query of GraphQL.js, as tools
// do, and rebuilds it: `node introspection.mjs URL`.
import assert from "node:assert/strict";
import { buildClientSchema, getIntrospectionQuery, printSchema } from "graphql";

const [url] = process.argv.slice(2);
const query = getIntrospectionQuery({ specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, inputValueDeprecation: true, oneOf: true });
const response = await fetch(url, {
  method: "POST",
  headers: { "content-type": "application/json", accept: "application/graphql-response+json" },
  body: JSON.stringify({ query }),
});
const { data, errors } = await response.json();
assert.equal(errors, undefined, JSON.stringify(errors));
assert.match(printSchema(buildClientSchema(data)), /type Query/);
console.log("the schema can be read");
