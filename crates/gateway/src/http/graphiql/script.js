// A small GraphiQL: ask, read the answer, look up the schema. Everything on the
// page comes from this server, so it works without the internet.

const element = (id) => document.getElementById(id);
const [form, query, variables, operation, token, run, stop, status, answer, schema, filter] = [
  "form", "query", "variables", "operation", "token", "run", "stop", "status", "answer", "schema", "filter",
].map(element);

let running;

function headers(accept) {
  const headers = { "content-type": "application/json", accept };
  if (token.value.trim()) headers.authorization = `Bearer ${token.value.trim()}`;
  return headers;
}

async function ask(body, accept, signal) {
  return fetch("/graphql", { method: "POST", headers: headers(accept), body: JSON.stringify(body), signal });
}

const pretty = (text) => {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
};

function parameters() {
  const body = { query: query.value };
  if (operation.value.trim()) body.operationName = operation.value.trim();
  if (variables.value.trim()) body.variables = JSON.parse(variables.value);
  return body;
}

async function readEvents(response) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  let count = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return count;
    const events = (rest + value).split("\n\n");
    rest = events.pop();
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data: "));
      if (!data) continue;
      count += 1;
      status.textContent = `${count} 件 / ${count} events`;
      answer.textContent = `${pretty(data.slice(6))}\n\n${answer.textContent}`;
    }
  }
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  running?.abort();
  let body;
  try {
    body = parameters();
  } catch (error) {
    status.textContent = `変数がJSONではありません / The variables are not JSON: ${error.message}`;
    variables.focus();
    return;
  }
  running = new AbortController();
  const mine = running;
  stop.disabled = false;
  answer.textContent = "";
  status.textContent = "実行中… / Running…";
  const started = performance.now();
  try {
    const streams = /(^|[\s}])subscription\b/.test(query.value);
    const response = await ask(body, streams ? "text/event-stream" : "application/graphql-response+json", mine.signal);
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
      const count = await readEvents(response);
      status.textContent = `終了、${count} 件 / Ended, ${count} events`;
    } else {
      answer.textContent = pretty(await response.text());
      status.textContent = `${response.status}、${Math.round(performance.now() - started)} ms`;
    }
  } catch (error) {
    status.textContent = error.name === "AbortError" ? "停止しました / Stopped" : `つながりません / No connection: ${error.message}`;
  } finally {
    if (running === mine) stop.disabled = true;
  }
});

stop.addEventListener("click", () => running?.abort());
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(run);
});

const INTROSPECTION = `{
  __schema {
    types {
      kind name description
      fields(includeDeprecated: true) { name description deprecationReason args { name type { ...Type } } type { ...Type } }
      inputFields { name description type { ...Type } }
      enumValues(includeDeprecated: true) { name description deprecationReason }
      possibleTypes { name }
    }
  }
}
fragment Type on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

const typeName = (type) => {
  if (type.kind === "NON_NULL") return `${typeName(type.ofType)}!`;
  if (type.kind === "LIST") return `[${typeName(type.ofType)}]`;
  return type.name;
};

function create(name, text, ...children) {
  const node = document.createElement(name);
  if (text) node.textContent = text;
  node.append(...children);
  return node;
}

function describe(type) {
  const list = create("ul");
  const item = (signature, { description, deprecationReason }) => {
    const entry = create("li", "", create("code", signature));
    if (description) entry.append(` ${description}`);
    if (deprecationReason) entry.append(` (廃止予定 / deprecated: ${deprecationReason})`);
    list.append(entry);
  };
  for (const field of type.fields ?? []) {
    const args = field.args.map(({ name, type }) => `${name}: ${typeName(type)}`).join(", ");
    item(`${field.name}${args && `(${args})`}: ${typeName(field.type)}`, field);
  }
  for (const field of type.inputFields ?? []) item(`${field.name}: ${typeName(field.type)}`, field);
  for (const value of type.enumValues ?? []) item(value.name, value);
  for (const { name } of type.possibleTypes ?? []) item(name, {});
  const details = create("details", "", create("summary", `${type.name} `, create("small", type.kind.toLowerCase())));
  details.dataset.name = type.name.toLowerCase();
  if (type.description) details.append(create("p", type.description));
  details.append(list);
  return details;
}

async function loadSchema() {
  try {
    const response = await ask({ query: INTROSPECTION }, "application/json");
    const { data, errors } = await response.json();
    if (!data) throw new Error(errors?.[0]?.message ?? response.status);
    const types = data.__schema.types.filter(({ name }) => !name.startsWith("__"));
    const roots = ["Query", "Mutation", "Subscription"];
    const rank = ({ name }) => (roots.includes(name) ? roots.indexOf(name) : roots.length);
    types.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name));
    schema.replaceChildren(...types.map(describe));
  } catch (error) {
    schema.textContent = `スキーマを読めません / The schema cannot be read: ${error.message}`;
  }
}

filter.addEventListener("input", () => {
  const wanted = filter.value.trim().toLowerCase();
  for (const type of schema.children) type.hidden = !type.dataset.name?.includes(wanted);
});

loadSchema();
