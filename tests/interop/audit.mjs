// Runs the audit suite of graphql-http against a server: `node audit.mjs URL [id,…]`.
// The ids name audits that are waived. Prints each audit that is not met; the
// last line counts.
import { auditServer } from "graphql-http";

const [url, waived = ""] = process.argv.slice(2);
const waive = new Set(waived.split(",").filter(Boolean));
const results = await auditServer({ url });
const failed = results.filter((result) => result.status !== "ok");
for (const { id, name, status, reason } of failed) {
  console.log(`${waive.has(id) ? "waived" : status} ${id} ${name}: ${reason}`);
}
console.log(`${results.length - failed.length} of ${results.length}`);
const unmet = failed.filter(({ id }) => !waive.has(id));
const idle = [...waive].filter((id) => !failed.some((result) => result.id === id));
if (idle.length > 0) console.log(`waived in vain: ${idle}`);
process.exit(unmet.length === 0 && idle.length === 0 ? 0 : 1);
