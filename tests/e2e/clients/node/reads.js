// reads: ranges in both directions, columns to get, column ranges, filters.
"use strict";
const { same, refused } = require("./checks");
const { TableStore, all, client, columnsOf, create, highest, int, key, lowest, missing, number, plainKey, put, read, scan, when } =
  require("./service");

const INVALID = "OTSParameterInvalid";
const at = (i) => key(`r${String(Math.floor(i / 5)).padStart(2, "0")}`, i);
const named = (i) => [`r${String(Math.floor(i / 5)).padStart(2, "0")}`, int(i)];
const ALL = Array.from({ length: 50 }, (_, i) => named(i));
const keys = async (...how) => (await scan("reads", ...how)).map(plainKey);

async function fill() {
  await create("reads");
  for (let i = 0; i < 50; i++)
    await put("reads", at(i), Object.assign({ n: number(i), s: `s${i % 5}`, d: i / 4 + 0.125, b: i % 2 === 0 }, i % 3 === 0 ? { third: number(i) } : {}));
  same("fifty rows", (await keys(lowest, highest)).length, 50);
}

async function ranges() {
  for (const limit of [undefined, 1, 7, 50, 1000]) {
    const pages = [];
    same(`all, forward, by ${limit}`, await keys(lowest, highest, "FORWARD", { limit }, pages), ALL);
    same(`pages of ${limit}`, Math.max(...pages) <= (limit || 50), true);
    same(`all, backward, by ${limit}`, await keys(highest, lowest, "BACKWARD", { limit }), ALL.slice().reverse());
  }
  same("the start is in, the end is not", await keys(at(10), at(20)), ALL.slice(10, 20));
  same("backward too", await keys(at(20), at(10), "BACKWARD", { limit: 3 }), ALL.slice(11, 21).reverse());
  const [row] = await scan("reads", at(4), at(5));
  same("columns of a range", columnsOf(row), { b: true, d: 1.125, n: int(4), s: "s4" });
  const page = await client.getRange({ tableName: "reads", direction: TableStore.Direction.FORWARD, maxVersions: 1, limit: 10,
                                       inclusiveStartPrimaryKey: lowest, exclusiveEndPrimaryKey: highest });
  same("the next key", page.nextStartPrimaryKey.map((cell) => cell.name), ["part", "sub"]);
  same("a range costs read units", page.consumed.capacityUnit.read >= 1, true);
}

async function columns() {
  same("two of them", await read("reads", at(4), { columnsToGet: ["n", "s", "missing"] }), { n: int(4), s: "s4" });
  same("none of the named columns: no row", await read("reads", at(4), { columnsToGet: ["missing"] }), null);
  same("a key column keeps the row", await read("reads", at(4), { columnsToGet: ["part"] }), {});
  same("a range of those that have it", await keys(at(0), at(10), "FORWARD", { columnsToGet: ["third"] }), [0, 3, 6, 9].map(named));
  same("from a column to another, which is left out", await read("reads", at(4), { startColumn: "c", endColumn: "s" }), { d: 1.125, n: int(4) });
  same("from a column", await read("reads", at(4), { startColumn: "n" }), { n: int(4), s: "s4" });
}

async function filters() {
  const passing = async (columnFilter) => (await keys(lowest, at(20), "FORWARD", { columnFilter })).map((one) => Number(one[1].int));
  same("a row that passes", Object.keys(await read("reads", at(7), { columnFilter: when("n", "EQUAL", 7) })), ["b", "d", "n", "s"]);
  same("a row that does not", await read("reads", at(7), { columnFilter: when("n", "EQUAL", 8) }), null);
  same("equal", await passing(when("n", "EQUAL", 7)), [7]);
  same("not equal", (await passing(when("b", "NOT_EQUAL", true))).length, 10);
  same("greater", await passing(when("n", "GREATER_THAN", 17)), [18, 19]);
  same("greater or equal", await passing(when("d", "GREATER_EQUAL", 4.625)), [18, 19]);
  same("less", await passing(when("n", "LESS_THAN", 2)), [0, 1]);
  same("less or equal", await passing(when("s", "LESS_EQUAL", "s0")), [0, 5, 10, 15]);
  same("missing columns do not pass", await passing(when("third", "GREATER_EQUAL", 12)), [12, 15, 18]);
  same("missing columns pass", (await passing(when("third", "GREATER_EQUAL", 0, true))).length, 20);
  const [low, even, s1] = [when("n", "LESS_THAN", 6), when("b", "EQUAL", true), when("s", "EQUAL", "s1")];
  same("and", await passing(all("AND", low, even)), [0, 2, 4]);
  same("or", await passing(all("OR", when("n", "EQUAL", 3), when("n", "EQUAL", 18))), [3, 18]);
  same("not", await passing(all("NOT", when("n", "GREATER_THAN", 1))), [0, 1]);
  same("and of or and not", await passing(all("AND", all("OR", low, s1), all("NOT", even))), [1, 3, 5, 11]);
}

async function pagination() {
  const wide = {};
  for (let i = 0; i < 30; i++) wide[`c${String(i).padStart(2, "0")}`] = number(i);
  await put("reads", key("wide", 1), wide);
  const page = async (limit, offset) =>
    Object.keys(await read("reads", key("wide", 1), { columnFilter: new TableStore.ColumnPaginationFilter(limit, offset) }));
  same("the first two columns", await page(2, 0), ["c00", "c01"]);
  same("three columns from the tenth", await page(3, 10), ["c10", "c11", "c12"]);
  same("the last page", await page(5, 28), ["c28", "c29"]);
}

async function refusedReads() {
  await refused("forward from the end", INVALID, 400, () => keys(highest, lowest), "Begin key must less than end key in FORWARD");
  await refused("backward from the start", INVALID, 400, () => keys(lowest, highest, "BACKWARD"), "Begin key must more than end key in BACKWARD");
  await refused("an empty range", INVALID, 400, () => keys(at(1), at(1)));
  await refused("a limit below 0", INVALID, 400, () => keys(lowest, highest, "FORWARD", { limit: -1 }), "The limit must be greater than 0.");
  await refused("a range of a missing table", "OTSObjectNotExist", 404, () => scan("missing", lowest, highest), missing);
}

module.exports = { fill, ranges, columns, filters, pagination, refusedReads };
