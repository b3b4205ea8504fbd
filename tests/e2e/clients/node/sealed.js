// sealed: temporary credentials over TLS: the service wants a token, and its certificate is from an authority of its own.
"use strict";
const { same, refused } = require("./checks");
const { TableStore, anyhow, cells, columnsOf, connect, key, number, int, tableOf } = require("./service");

const stsToken = process.argv[6];
const client = connect({ stsToken });

async function use() {
  await client.createTable(tableOf("sealed"));
  const primaryKey = key("sealed", 1);
  const value = "0123456789abcdef".repeat(65536);
  await client.putRow({ tableName: "sealed", condition: anyhow, primaryKey, attributeColumns: cells({ v: value, n: number(1) }) });
  const { row } = await client.getRow({ tableName: "sealed", primaryKey, maxVersions: 1 });
  same("a row of 1 MB", columnsOf(row), { n: int(1), v: value });
  const rows = Array.from({ length: 100 }, (_, i) => ({ type: "PUT", condition: anyhow, primaryKey: key("batch", i), attributeColumns: cells({ n: number(i) }) }));
  const answer = await client.batchWriteRow({ tables: [{ tableName: "sealed", rows }] });
  same("a batch", answer.tables.filter((one) => one.isOk).length, 100);
  const page = await client.getRange({ tableName: "sealed", direction: TableStore.Direction.FORWARD, maxVersions: 1,
                                       inclusiveStartPrimaryKey: key("batch", 0), exclusiveEndPrimaryKey: key("batch", 100) });
  same("a range", page.rows.length, 100);
  await refused("an error", "OTSObjectNotExist", 404, () => client.describeTable({ tableName: "missing" }));
}

async function refusedTokens() {
  await refused("no token", "OTSAuthFailed", 403, () => connect({}).listTable({}));
  await refused("another token", "OTSAuthFailed", 403, () => connect({ stsToken: `${stsToken}x` }).listTable({}));
  await refused("another secret", "OTSAuthFailed", 403, () => connect({ stsToken, secretAccessKey: "guess" }).listTable({}), "Signature mismatch.");
}

async function instances() {
  same("another instance has tables of its own", (await connect({ stsToken, instancename: "other" }).listTable({})).tableNames, []);
}

module.exports = { use, refusedTokens, instances };
