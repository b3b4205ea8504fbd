// tables: their making, changing and going; indexes.
"use strict";
const { same, refused } = require("./checks");
const { TableStore, client, create, describe, int, key, missing, put, read, tableOf, update } = require("./service");

const { PrimaryKeyType, DefinedColumnType } = TableStore;
const DEFINED = [
  { name: "d_int", type: DefinedColumnType.DCT_INTEGER },
  { name: "d_text", type: DefinedColumnType.DCT_STRING },
];
const INVALID = "OTSParameterInvalid";

async function names() {
  return (await client.listTable({})).tableNames.slice().sort();
}

const optionsOf = async (table) => {
  const { timeToLive, maxVersions } = (await describe(table)).tableOptions;
  return [timeToLive, maxVersions];
};

async function makeAndShow() {
  same("no tables at first", await names(), []);
  const schema = [
    { name: "a", type: "STRING" },
    { name: "b", type: "BINARY" },
    { name: "c", type: "INTEGER", option: "AUTO_INCREMENT" },
  ];
  await create("Shown", 7, { tableOptions: { timeToLive: 86400, maxVersions: 7, maxTimeDeviation: 100000 } }, schema, DEFINED);
  await create("_shown2");
  same("the list of tables", await names(), ["Shown", "_shown2"]);
  const shown = await describe("Shown");
  same("primary key", shown.tableMeta.primaryKey.map((column) => [column.name, column.type]),
       [["a", PrimaryKeyType.STRING], ["b", PrimaryKeyType.BINARY], ["c", PrimaryKeyType.INTEGER]]);
  same("auto-increment is shown", shown.tableMeta.primaryKey[2].option, TableStore.PrimaryKeyOption.AUTO_INCREMENT);
  same("defined columns", shown.tableMeta.definedColumn.map((column) => [column.name, column.type]),
       DEFINED.map((column) => [column.name, column.type]));
  same("options", await optionsOf("Shown"), [86400, 7]);
  same("deviation", Number(shown.tableOptions.deviationCellVersionInSec), 100000);
  same("updates are allowed unless said otherwise", shown.tableOptions.allowUpdate, true);
  same("throughput", [shown.reservedThroughputDetails.capacityUnit.read, shown.reservedThroughputDetails.capacityUnit.write], [0, 0]);
}

async function refusedTables() {
  await refused("a name in use", "OTSObjectAlreadyExist", 409, () => create("Shown"), "Requested table already exists.");
  await refused("describe a missing one", "OTSObjectNotExist", 404, () => describe("missing"), missing);
  await refused("delete a missing one", "OTSObjectNotExist", 404, () => client.deleteTable({ tableName: "missing" }), missing);
  for (const name of ["1st", "0", "#", "中文", "T#", "-"])
    await refused(`table name ${name}`, INVALID, 400, () => create(name), `Invalid table name: '${name}'.`);
  const five = ["a", "b", "c", "d", "e"].map((name) => ({ name, type: "STRING" }));
  await refused("five key columns", INVALID, 400, () => create("t", 1, {}, five),
                "The number of primary key columns must be in range: [1, 4].");
  await refused("no key column", INVALID, 400, () => create("t", 1, {}, []),
                "The number of primary key columns must be in range: [1, 4].");
  await refused("a key's name twice", INVALID, 400, () => create("t", 1, {}, [five[0], five[0]]), "Duplicated primary key name: 'a'.");
  await refused("time to live 0", INVALID, 400, () => create("t", 1, { tableOptions: { timeToLive: 0, maxVersions: 1 } }));
  await refused("max versions 0", INVALID, 400, () => create("t", 1, { tableOptions: { timeToLive: -1, maxVersions: 0 } }));
  same("nothing of a refused table", await names(), ["Shown", "_shown2"]);
}

async function updateTable() {
  await create("updated");
  const answer = await client.updateTable({ tableName: "updated", tableOptions: { timeToLive: 864000, maxVersions: 5 } });
  same("answered options", [answer.tableOptions.timeToLive, answer.tableOptions.maxVersions], [864000, 5]);
  same("shown options", await optionsOf("updated"), [864000, 5]);
  await client.updateTable({ tableName: "_shown2", tableOptions: { maxVersions: 10 },
                             reservedThroughput: { capacityUnit: { read: 1, write: 2 } } });
  same("what was not given stays", await optionsOf("_shown2"), [-1, 10]);
  const { read: reads, write } = (await describe("_shown2")).reservedThroughputDetails.capacityUnit;
  same("throughput updated", [reads, write], [1, 2]);
  await refused("update a missing table", "OTSObjectNotExist", 404,
                () => client.updateTable({ tableName: "missing", tableOptions: { maxVersions: 2 } }), missing);
}

async function noUpdates() {
  await create("fixed", 1, { tableOptions: { timeToLive: -1, maxVersions: 1, allowUpdate: false } });
  same("no updates: shown", (await describe("fixed")).tableOptions.allowUpdate, false);
  await put("fixed", key("a", 1), { v: "x" });
  await refused("no updates: UpdateRow", INVALID, 400, () => update("fixed", key("a", 1), [{ PUT: [{ v: "y" }] }]));
  await client.updateTable({ tableName: "fixed", tableOptions: { allowUpdate: true } });
  same("updates again: shown", (await describe("fixed")).tableOptions.allowUpdate, true);
  await update("fixed", key("a", 1), [{ PUT: [{ v: "y" }] }]);
  same("updates again", await read("fixed", key("a", 1)), { v: "y" });
}

async function indexes() {
  const index = (name, primaryKey, definedColumn) => ({ name, primaryKey, definedColumn });
  const indexNames = async () => (await describe("indexed")).indexMetas.map((one) => one.name).sort();
  await client.createTable(tableOf("indexed", 1, { indexMetas: [index("by_int", ["d_int"], ["d_text"])] }, null, DEFINED));
  const [shown] = (await describe("indexed")).indexMetas;
  same("index", [shown.name, shown.primaryKey[0], shown.definedColumn], ["by_int", "d_int", ["d_text"]]);
  same("an index is not among the tables", (await names()).includes("by_int"), false);
  const more = Object.assign(index("by_text", ["d_text"], ["d_int"]), {
    indexUpdateMode: TableStore.IndexUpdateMode.IUM_ASYNC_INDEX,
    indexType: TableStore.IndexType.IT_GLOBAL_INDEX,
  });
  await client.createIndex({ mainTableName: "indexed", includeBaseData: false, indexMeta: more });
  same("a second index", await indexNames(), ["by_int", "by_text"]);
  await client.dropIndex({ mainTableName: "indexed", indexName: "by_int" });
  same("one index dropped", await indexNames(), ["by_text"]);
  await refused("drop a missing index", "OTSObjectNotExist", 404, () => client.dropIndex({ mainTableName: "indexed", indexName: "by_int" }));
  await refused("index a missing table", "OTSObjectNotExist", 404, () => client.createIndex({ mainTableName: "missing", indexMeta: more }));
  await put("indexed", key("a", 1), { d_text: "x", free: true });
  same("a row of an indexed table", await read("indexed", key("a", 1)), { d_text: "x", free: true });
  await refused("a defined column of another type", INVALID, 400, () => put("indexed", key("a", 2), { d_int: "text" }));
}

async function deleteTables() {
  for (const tableName of await names()) await client.deleteTable({ tableName });
  same("all tables deleted", await names(), []);
  await create("Shown");
  await put("Shown", key("a", 1), { n: TableStore.Long.fromNumber(1) });
  same("a new table has the old name", await read("Shown", key("a", 1)), { n: int(1) });
  await client.deleteTable({ tableName: "Shown" });
}

module.exports = { makeAndShow, refusedTables, updateTable, noUpdates, indexes, deleteTables };
