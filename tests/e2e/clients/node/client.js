// client: the official Node.js SDK, unmodified, against the emulator: client.js ENDPOINT ID SECRET INSTANCE.
// Every check that fails is printed; the last line is the count of checks. The exit code tells whether all passed.
"use strict";
const { part, totals } = require("./checks");

async function main() {
  for (const name of ["tables", "rows", "reads", "batches", "transactions", "doors"])
    for (const [what, run] of Object.entries(require(`./${name}`))) await part(`${name}: ${what}`, run);
  console.log(totals().count);
  process.exit(totals().failed === 0 ? 0 : 1);
}

main();
