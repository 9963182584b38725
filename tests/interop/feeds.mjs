// Reads feeds and calendars with parsers of others: `node feeds.mjs FOLDER`.
// *.atom and *.xml must be well-formed, feeds what RFC 4287 asks for, *.ics
// what RFC 5545 asks for. Prints what the calendars say.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { parseXml } from "@rgrove/parse-xml";
import ICAL from "ical.js";

const [folder] = process.argv.slice(2);
const files = readdirSync(folder).sort();
const read = (name) => readFileSync(`${folder}/${name}`, "utf8");

const children = (element, name) => element.children.filter((child) => child.name === name);
const one = (element, name) => {
  const found = children(element, name);
  assert.equal(found.length, 1, `${found.length} × ${name} in ${element.name}`);
  return found[0];
};

function atom(name) {
  const feed = parseXml(read(name)).root;
  assert.equal(feed.name, "feed");
  assert.equal(feed.attributes.xmlns, "http://www.w3.org/2005/Atom");
  const entries = children(feed, "entry");
  for (const element of [feed, ...entries]) {
    assert.ok(URL.canParse(one(element, "id").text), one(element, "id").text);
    assert.ok(one(element, "title").text.trim());
    assert.match(one(element, "updated").text, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    const links = children(element, "link");
    assert.equal(links.filter(({ attributes }) => attributes.rel === "alternate").length, 1);
    for (const { attributes } of links) assert.ok(URL.canParse(attributes.href));
  }
  assert.equal(children(feed, "link").filter(({ attributes }) => attributes.rel === "self").length, 1);
  assert.ok(one(one(feed, "author"), "name").text);
  const ids = entries.map((entry) => one(entry, "id").text);
  assert.equal(new Set(ids).size, ids.length, "an id stands twice");
  const times = entries.map((entry) => one(entry, "updated").text);
  assert.deepEqual(times, [...times].sort().reverse(), "the newest is not first");
  assert.equal(one(feed, "updated").text, times[0]);
  return `${name}: ${entries.length} entries`;
}

function calendar(name) {
  const text = read(name);
  for (const line of text.split("\r\n")) {
    assert.ok(Buffer.byteLength(line) <= 75, `${Buffer.byteLength(line)} octets: ${line}`);
    assert.doesNotMatch(line, /[\r\n]/);
  }
  ICAL.design.strict = true;
  const component = new ICAL.Component(ICAL.parse(text));
  assert.equal(component.getFirstPropertyValue("version"), "2.0");
  const events = component.getAllSubcomponents("vevent");
  for (const event of events)
    for (const property of ["uid", "dtstamp", "dtstart", "dtend", "summary", "sequence", "url"])
      assert.equal(event.getAllProperties(property).length, 1, `${name}: ${property}`);
  const uids = events.map((event) => event.getFirstPropertyValue("uid"));
  assert.equal(new Set(uids).size, uids.length, "a uid stands twice");
  return events.map((event) => {
    const { summary, startDate, endDate } = new ICAL.Event(event);
    assert.ok(startDate.isDate && endDate.isDate);
    assert.equal(endDate.subtractDateTz(startDate).toSeconds(), 86_400);
    return `${name}: ${startDate} ${event.getFirstPropertyValue("status")} ${summary}`;
  });
}

for (const name of files) {
  if (name.endsWith(".atom")) console.log(atom(name));
  else if (name.endsWith(".xml")) console.log(`${name}: ${parseXml(read(name)).root.children.length} places`);
  else console.log(calendar(name).join("\n"));
}
