// client: the official Node.js SDK, unmodified, against the emulator: client.js ENDPOINT ID SECRET INSTANCE [TOKEN AUTHORITY].
// With a token (and NODE_EXTRA_CA_CERTS=AUTHORITY, the certificate of who vouches for the service): what there is to check of that.
// Every check that fails is printed; the last line is the count of checks. The exit code tells whether all passed.
"use strict";
const { part, totals } = require("./checks");

async function main() {
  const parts = ["tables", "rows", "reads", "batches", "transactions", "doors"];
  for (const name of process.argv.length > 6 ? ["sealed"] : parts)
    for (const [what, run] of Object.entries(require(`./${name}`))) await part(`${name}: ${what}`, run);
  console.log(totals().count);
  process.exit(totals().failed === 0 ? 0 : 1);
}

main();
