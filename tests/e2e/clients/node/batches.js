// batches: BatchWriteRow and BatchGetRow, whole and with rows that fail.
"use strict";
const { same, refused } = require("./checks");
const { TableStore, EXPECT_NOT_EXIST, anyhow, cells, client, condition, create, int, key, missing, number, plain, plainKey, read, when } =
  require("./service");

const INVALID = "OTSParameterInvalid";
const row = (i, columns, more) =>
  Object.assign({ type: "PUT", condition: anyhow, primaryKey: key("b", i), attributeColumns: columns && cells(columns) }, more);
const send = (...tables) => client.batchWriteRow({ tables: tables.map(([tableName, rows]) => ({ tableName, rows })) });
const many = Array.from({ length: 201 }, (_, i) => row(i, { n: number(i) }));

async function write() {
  await create("batches");
  await create("batches2");
  same("200 puts", (await send(["batches", many.slice(0, 200)])).tables.filter((one) => one.isOk).length, 200);
  const mixed = await send(
    ["batches", [
      row(0, null, { type: "UPDATE", attributeColumns: [{ PUT: [{ n: "text now" }] }] }),
      row(1, null, { type: "DELETE" }),
      row(2, { n: "never" }, { condition: condition(EXPECT_NOT_EXIST) }),
      row(200, { n: "new" }, { returnContent: { returnType: TableStore.ReturnType.Primarykey } }),
    ]],
    ["batches2", [row(1, { v: true })]]
  );
  same("fates", mixed.tables.map((one) => one.isOk), [true, true, false, true, true]);
  same("their tables", mixed.tables.map((one) => one.tableName), ["batches", "batches", "batches", "batches", "batches2"]);
  same("a row's error", mixed.tables[2].errorCode, "OTSConditionCheckFail");
  same("a row's units", mixed.tables[0].capacityUnit && mixed.tables[0].capacityUnit.write, 1);
  same("updated", await read("batches", key("b", 0)), { n: "text now" });
  same("deleted", await read("batches", key("b", 1)), null);
  same("as it was", await read("batches", key("b", 2)), { n: int(2) });
  same("new", await read("batches", key("b", 200)), { n: "new" });
  same("in the other table", await read("batches2", key("b", 1)), { v: true });
}

async function refusedBatches() {
  await refused("201 rows", INVALID, 400, () => send(["batches", many]), "Rows count exceeds the upper limit: 200.");
  await refused("a value that is not a number", INVALID, 400, () => send(["batches", [row(3, { n: "lost" }), row(4, { n: NaN })]]));
  await refused("a missing table", "OTSObjectNotExist", 404, () => send(["missing", [many[3]]]), missing);
  await refused("a table without rows", INVALID, 400, () => send(["batches", []]), "No operation is specified for table: 'batches'.");
  same("a refused batch leaves nothing behind", await read("batches", key("b", 3)), { n: int(3) });
}

async function get() {
  const ask = async (...tables) => (await client.batchGetRow({ tables })).tables;
  const columns = (one) => (one.attributes ? Object.fromEntries(one.attributes.map((cell) => [cell.columnName, plain(cell.columnValue)])) : null);
  const [first, second] = await ask({ tableName: "batches", primaryKey: [7, 999, 5].map((i) => key("b", i)) },
                                    { tableName: "batches2", primaryKey: [key("b", 1)] });
  same("all succeed", [...first, ...second].map((one) => one.isOk), [true, true, true, true]);
  same("in the order asked for", first.map(columns), [{ n: int(7) }, null, { n: int(5) }]);
  same("the key comes with it", plainKey(first[2]), ["b", int(5)]);
  same("of a second table", second.map(columns), [{ v: true }]);
  const [filtered] = await ask({ tableName: "batches", primaryKey: [50, 51, 52].map((i) => key("b", i)), columnFilter: when("n", "LESS_THAN", 52) });
  same("with a filter", filtered.map(columns), [{ n: int(50) }, { n: int(51) }, null]);
  const [narrow] = await ask({ tableName: "batches", primaryKey: [key("b", 7)], startColumn: "o" });
  same("with a column range that has none", narrow.map((one) => one.isOk), [true]);
  await refused("101 rows to get", INVALID, 400,
                () => ask({ tableName: "batches", primaryKey: Array.from({ length: 101 }, (_, i) => key("b", i)) }),
                "Rows count exceeds the upper limit: 100.");
}

module.exports = { write, refusedBatches, get };
