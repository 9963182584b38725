// Lints a schema as those of large public APIs are: `node lint.mjs FILE`. Prints what is found, a line each;
// the last line counts.
import { readFile } from "node:fs/promises";
import graphql, { rules } from "@graphql-eslint/eslint-plugin";
import { Linter } from "eslint";

const { "flat/schema-all": all, "flat/schema-relay": relay } = graphql.configs;

// Values live inside what has an id; a new type has one, or is added here.
const VALUES = [
  "Abandonment", "AnswerHit", "Bilingual", "Call", "CaseHit", "Checkpoint", "City", "CityResponse",
  "Decision", "Draft", "DueForErasure", "DueForErasures", "DuplicateGroup", "ErasureRequest", "ErasureTally",
  "Exemption", "GuardedText", "Hiding", "ItemHit", "Kept", "LogInfo", "LogKey", "MaterialHit", "Milestone",
  "Opening", "OpinionHit", "OrdinanceVersion", "Passage", "PassageHit", "PeriodExtension", "PersonalDataLook",
  "PublicCommentCounts", "PublicCommentResult", "PublicCommentStatistics", "ReadModelDigest", "Refusal",
  "ResponseCategory", "SearchExcerpt", "SearchMark", "Tally", "ViewerInfo",
];

const choices = {
  // The exporter sorts, in an order of its own.
  "@graphql-eslint/alphabetize": "off",
  // All three roots are served.
  "@graphql-eslint/no-root-type": "off",
  // What is always there is not null; an error then takes the whole answer, and says so.
  "@graphql-eslint/require-nullable-result-in-root": "off",
  // The city that a mutation changed is what its payload tells, and `position` leads to it.
  "@graphql-eslint/require-field-of-type-query-in-mutation-result": "off",
  "@graphql-eslint/strict-id-in-types": [
    "error",
    { exceptions: { types: VALUES, suffixes: ["Connection", "Edge", "PageInfo", "Payload", "Count"] } },
  ],
  // `nodes` beside `edges`, and lists that are never long, are plain lists.
  "@graphql-eslint/relay-edge-types": [
    "error",
    { withEdgeSuffix: true, shouldImplementNode: true, listTypeCanWrapOnlyEdgeType: false },
  ],
  // Nothing is deprecated without a reason, and the day on which it goes.
  "@graphql-eslint/require-deprecation-reason": "error",
  "@graphql-eslint/require-deprecation-date": "error",
};

// What a rule finds and we mean so, each with its reason.
const MEANT = {
  'Field "draftedOn" starts with the name of the parent type "Draft"': "案の作成日, the same word as on the case",
  'Field "drafter" starts with the name of the parent type "Draft"': "whoever drafts",
  "Field `search` must contain an argument `last`, that return Int.": "nobody reads hits from the worst one on",
  "Field `search` must contain an argument `before`, that return String or Scalar.": "the same",
};

const [file] = process.argv.slice(2);
const schema = await readFile(file, "utf8");
const found = new Linter().verify(
  schema,
  {
    files: ["**/*.graphql"],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
    plugins: { "@graphql-eslint": { rules } },
    rules: { ...all.rules, ...relay.rules, ...choices },
  },
  { filename: "schema.graphql" },
);
const unmeant = found.filter(({ message }) => !(message in MEANT));
for (const { line, ruleId, message } of unmeant) console.log(`${line} ${ruleId}: ${message}`);
const idle = Object.keys(MEANT).filter((meant) => !found.some(({ message }) => message === meant));
if (idle.length > 0) console.log(`meant in vain: ${idle}`);
console.log(`${unmeant.length} found by ${Object.keys({ ...all.rules, ...relay.rules }).length} rules`);
process.exit(unmeant.length === 0 && idle.length === 0 ? 0 : 1);
