// doors: who is let in, what is said when not, and what the SDK does when the service is busy. Since it never decodes an error's
// code, of its retries only those for reads work, by status.
"use strict";
const { same, refused } = require("./checks");
const { TableStore, client, connect, create, faults, key, put, read, scan } = require("./service");

async function credentials() {
  await create("doors");
  await refused("an unknown key id", "OTSAuthFailed", 403, () => connect({ accessKeyId: "nobody" }).listTable({}), "The AccessKeyID does not exist.");
  await refused("a wrong secret", "OTSAuthFailed", 403, () => connect({ secretAccessKey: "guess" }).listTable({}), "Signature mismatch.");
  await refused("an unknown instance", "OTSAuthFailed", 403, () => connect({ instancename: "elsewhere" }).listTable({}));
  await refused("an operation that is not there", "Unsupported operation", 400, () => client.listSearchIndex({ tableName: "doors" }));
}

async function busy() {
  await faults({ action: "error", operation: "PutRow", code: "OTSServerBusy", count: 1 });
  await refused("busy", "OTSServerBusy", 503, () => put("doors", key("busy", 1), { v: "x" }), "Server is busy.");
  await put("doors", key("busy", 1), { v: "x" });
  TableStore.DefaultRetryPolicy.stabilityExceptionDelayFactor = 10;
  const patient = connect({ maxRetries: 5 });
  await faults({ action: "error", operation: "GetRow", code: "OTSServerBusy", count: 3 });
  const { row } = await patient.getRow({ tableName: "doors", primaryKey: key("busy", 1), maxVersions: 1 });
  same("a read is repeated when the service is busy", row.attributes[0].columnValue, "x");
  await faults({ action: "cut_before", operation: "GetRow", count: 1 });
  const again = await patient.getRow({ tableName: "doors", primaryKey: key("busy", 1), maxVersions: 1 });
  same("a read is repeated when the connection is cut", again.row.attributes[0].columnValue, "x");
  await faults();
}

async function atOnce() {
  await Promise.all(Array.from({ length: 50 }, (_, i) => put("doors", key("at once", i), { v: `row ${i}` })));
  same("fifty calls at once", (await scan("doors", key("at once", 0), key("at once", 99))).length, 50);
  same("one of them", await read("doors", key("at once", 7)), { v: "row 7" });
}

module.exports = { credentials, busy, atOnce };
