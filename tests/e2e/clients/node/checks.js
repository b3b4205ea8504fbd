// checks: counts comparisons. One that fails is named, and the rest goes on.
"use strict";
const util = require("util");

let count = 0;
let failed = 0;

function fail(name, got, wanted) {
  const shown = (value) => {
    const text = util.inspect(value, { depth: 6, breakLength: Infinity });
    return text.length > 300 ? `${text.slice(0, 300)}... (${text.length})` : text;
  };
  failed += 1;
  console.log(`FAILED ${name}: got ${shown(got)}, wanted ${shown(wanted)}`);
}

function same(name, got, wanted) {
  count += 1;
  if (!util.isDeepStrictEqual(got, wanted)) fail(name, got, wanted);
}

// The call fails. This SDK never decodes an error's body: its code is the HTTP status, its message the raw body, in which the
// service's code and words are.
async function refused(name, code, status, call, message) {
  count += 1;
  try {
    await call();
  } catch (error) {
    const words = String(error.message);
    if (error.code !== status || !words.includes(code) || (message && !words.includes(message)))
      fail(name, [error.code, words], [status, code, message]);
    return;
  }
  fail(name, "no failure", [status, code]);
}

// A group of checks: what it throws is one failed check.
async function part(name, run) {
  try {
    await run();
  } catch (error) {
    count += 1;
    fail(name, String(error.stack).split("\n").filter((line) => !line.includes("node_modules")).slice(0, 4).join(" "), "no exception");
  }
}

module.exports = { same, refused, part, totals: () => ({ count, failed }) };
