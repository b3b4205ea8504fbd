// rows: every type and its ends; put, update, delete, conditions, counters, versions, keys that the service chooses.
"use strict";
const { same, refused } = require("./checks");
const { TableStore, EXPECT_EXIST, EXPECT_NOT_EXIST, IGNORE, all, client, columnsOf, condition, create, hex, int, key, keyAgain, missing,
        number, plain, plainKey, put, read, remove, update, when } = require("./service");

const INVALID = "OTSParameterInvalid";
const FAILED = "OTSConditionCheckFail";
const UNICODE = "ключ 主键 é 😀 \u0000\u0001\n";
const EVERY_BYTE = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
const TWO_MB = 2 * 1024 * 1024;

async function types() {
  await create("rows");
  const columns = {
    int_max: number("9223372036854775807"), int_min: number("-9223372036854775808"), zero: number(0), minus_one: number(-1),
    above_double: number("9007199254740993"), double: 0.1, double_max: Number.MAX_VALUE, denormal: 5e-324, minus_zero: -0.0,
    whole: 3.5, yes: true, no: false, empty: "", unicode: UNICODE, kb64: "0123456789abcdef".repeat(4096), no_bytes: Buffer.alloc(0),
    all_bytes: EVERY_BYTE, kb64_bytes: Buffer.alloc(65536), ["n".repeat(255)]: "a long name",
  };
  const answer = await put("rows", key("types", 1), columns);
  same("write units of 129 KB", [answer.consumed.capacityUnit.read, answer.consumed.capacityUnit.write], [0, 33]);
  const { row } = await client.getRow({ tableName: "rows", primaryKey: key("types", 1), maxVersions: 1 });
  const got = columnsOf(row);
  for (const [name, value] of Object.entries(columns)) same(`column ${name.slice(0, 20)}`, got[name], plain(value));
  same("columns in the order of their names", Object.keys(got), Object.keys(columns).sort());
  same("the key", plainKey(row), ["types", int(1)]);
  same("versions are of now", row.attributes.every((cell) => Math.abs(Number(cell.timestamp.toString()) - Date.now()) < 600000), true);
  await put("rows", key("large", 1), { v: "x".repeat(TWO_MB) });
  same("a value of 2 MB", (await read("rows", key("large", 1))).v.length, TWO_MB);
  await refused("one byte more", INVALID, 400, () => put("rows", key("large", 1), { v: "x".repeat(TWO_MB + 1) }),
                "The length of attribute column: 'v' exceeds the MaxLength:2097152 with CurrentLength:2097153.");
  for (const bad of [NaN, Infinity, -Infinity])
    await refused(`a double that is ${bad}`, INVALID, 400, () => put("rows", key("nan", 1), { v: bad }));
  same("no row came of it", await read("rows", key("nan", 1)), null);
}

async function keys() {
  await create("keys", 1, {}, [{ name: "s", type: "STRING" }, { name: "i", type: "INTEGER" }, { name: "b", type: "BINARY" }]);
  const full = (s, i, b) => [{ s }, { i: number(i) }, { b }];
  for (const [s, i, b] of [["", "-9223372036854775808", Buffer.alloc(0)], [UNICODE, "9223372036854775807", EVERY_BYTE],
                           ["k".repeat(1024), 0, Buffer.alloc(1024)], ["a\u0000b", -1, Buffer.from([0])], ["😀", 1, Buffer.from([255, 0])]]) {
    const name = `key ${JSON.stringify(s.slice(0, 9))}`;
    await put("keys", full(s, i, b), { v: "x" });
    const { row } = await client.getRow({ tableName: "keys", primaryKey: full(s, i, b), maxVersions: 1 });
    same(`${name} read back`, plainKey(row), [s, int(i), hex(b.toString("hex"))]);
    await remove("keys", full(s, i, b));
    same(`${name} deleted`, await read("keys", full(s, i, b)), null);
  }
  const empty = Buffer.alloc(0);
  await refused("a key of 1,025 bytes", INVALID, 400, () => put("keys", full("k".repeat(1025), 0, empty), { v: "x" }),
                "The length of primary key column: 's' exceeds the MaxLength:1024 with CurrentLength:1025.");
  await refused("a key of another type", "OTSInvalidPK", 400, () => put("keys", [{ s: number(1) }, { i: number(0) }, { b: empty }], { v: "x" }),
                "Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING.");
  await refused("a key of another name", "OTSInvalidPK", 400, () => put("keys", [{ x: "a" }, { i: number(0) }, { b: empty }], { v: "x" }),
                "Validate PK name fail. Input: x, Meta: s.");
  await refused("a key too short", "OTSInvalidPK", 400, () => put("keys", [{ s: "a" }], { v: "x" }));
  await refused("a range's bound as a key", INVALID, 400,
                () => read("keys", [{ s: "a" }, { i: TableStore.INF_MIN }, { b: empty }]), "VT_INF_MIN is an invalid type for the primary key.");
}

async function changes() {
  const k = key("changes", 1);
  await put("rows", k, { a: "x", n: number(1) });
  await put("rows", k, { gone: "x", b: true });
  same("a put replaces the row", await read("rows", k), { b: true, gone: "x" });
  await update("rows", k, [{ PUT: [{ a: "y" }, { b: false }] }, { DELETE_ALL: ["gone", "never_there"] }]);
  same("put and delete in one update", await read("rows", k), { a: "y", b: false });
  await update("rows", k, [{ DELETE_ALL: ["a", "b"] }]);
  same("a row without columns stays", await read("rows", k), {});
  await remove("rows", k);
  same("deleted", await read("rows", k), null);
  await update("rows", k, [{ DELETE_ALL: ["a"] }]);
  same("a deletion alone makes no row", await read("rows", k), null);
  await refused("an attribute with a key's name", INVALID, 400, () => put("rows", k, { part: "x" }));
  await refused("a column name", INVALID, 400, () => put("rows", k, { "#abc": "x" }), "Invalid column name: '#abc'.");
  for (const [name, call] of [["put into", () => put("missing", k, { a: "x" })], ["update in", () => update("missing", k, [{ PUT: [{ a: "x" }] }])],
                              ["delete from", () => remove("missing", k)], ["read", () => read("missing", k)]])
    await refused(`${name} a missing table`, "OTSObjectNotExist", 404, call, missing);
}

async function conditions() {
  const k = key("condition", 1);
  const expecting = (expectation) => ({ condition: condition(expectation) });
  await refused("put where a row is expected", FAILED, 403, () => put("rows", k, { a: "x" }, expecting(EXPECT_EXIST)));
  await refused("delete where a row is expected", FAILED, 403, () => remove("rows", k, expecting(EXPECT_EXIST)));
  await put("rows", k, { a: "x" }, expecting(EXPECT_NOT_EXIST));
  await refused("put where none is expected", FAILED, 403, () => put("rows", k, { a: "y" }, expecting(EXPECT_NOT_EXIST)));
  same("a failed condition changes nothing", await read("rows", k), { a: "x" });
  await put("rows", k, { a: "y" }, expecting(EXPECT_EXIST));
  same("a condition that holds", await read("rows", k), { a: "y" });
}

async function columnConditions() {
  const k = key("gate", 1);
  const row = { n: number(10), s: "mmm", d: 1.5, b: true };
  for (const [name, column, open] of [
    ["equal", when("n", "EQUAL", 10), true], ["equal, not", when("n", "EQUAL", 11), false], ["not equal", when("s", "NOT_EQUAL", "x"), true],
    ["greater", when("d", "GREATER_THAN", 1.25), true], ["greater or equal", when("n", "GREATER_EQUAL", 11), false],
    ["less", when("s", "LESS_THAN", "n"), true], ["less or equal", when("n", "LESS_EQUAL", 9), false], ["boolean", when("b", "EQUAL", true), true],
    ["a missing column", when("missing", "EQUAL", 1), false], ["a missing column passes", when("missing", "EQUAL", 1, true), true],
    ["and", all("AND", when("n", "EQUAL", 10), when("s", "EQUAL", "x")), false],
    ["or", all("OR", when("n", "EQUAL", 10), when("s", "EQUAL", "x")), true], ["not", all("NOT", when("n", "EQUAL", 11)), true],
  ]) {
    await put("rows", k, row);
    const change = () => update("rows", k, [{ PUT: [{ mark: "x" }] }], { condition: condition(IGNORE, column) });
    if (open) {
      await change();
      same(name, await read("rows", k), { b: true, d: 1.5, mark: "x", n: int(10), s: "mmm" });
    } else {
      await refused(name, FAILED, 403, change, "Condition check failed.");
    }
  }
}

async function counters() {
  const k = key("counter", 1);
  await update("rows", k, [{ INCREMENT: [{ n: number(10) }] }]);
  same("a counter begins at 0", await read("rows", k), { n: int(10) });
  const returned = await update("rows", k, [{ INCREMENT: [{ n: number(-52) }] }],
                                { returnContent: { returnColumns: ["n"], returnType: TableStore.ReturnType.AfterModify } });
  same("a counter is returned", columnsOf(returned.row), { n: int(-42) });
  await update("rows", k, [{ PUT: [{ n: number("9223372036854775807") }, { s: "text" }] }]);
  await refused("a counter above int64", INVALID, 400, () => update("rows", k, [{ INCREMENT: [{ n: number(1) }] }]));
  await refused("counting text", INVALID, 400, () => update("rows", k, [{ INCREMENT: [{ s: number(1) }] }]));
  same("what was refused changed nothing", await read("rows", k), { n: int("9223372036854775807"), s: "text" });
}

async function versions() {
  await create("versions", 4);
  const k = key("v", 1);
  const now = Date.now() - 10000;
  const list = async (more) => {
    const { row } = await client.getRow(Object.assign({ tableName: "versions", primaryKey: k, maxVersions: 10 }, more));
    return (row.attributes || []).map((cell) => [cell.columnValue, Number(cell.timestamp.toString()) - now]);
  };
  await update("versions", k, [{ PUT: [0, 1, 2, 3, 4, 5].map((i) => ({ v: `v${i}`, timestamp: number(now + i) })) }]);
  same("max versions of the table", await list(), [["v5", 5], ["v4", 4], ["v3", 3], ["v2", 2]]);
  same("the newest two", await list({ maxVersions: 2 }), [["v5", 5], ["v4", 4]]);
  same("a time range, its end left out", await list({ timeRange: { startTime: String(now + 3), endTime: String(now + 5) } }),
       [["v4", 4], ["v3", 3]]);
  await update("versions", k, [{ DELETE: [{ v: number(now + 4) }] }]);
  same("one version deleted", await list(), [["v5", 5], ["v3", 3], ["v2", 2]]);
  await update("versions", k, [{ DELETE_ALL: ["v"] }]);
  same("all versions deleted", await list(), []);
}

async function autoIncrement() {
  await create("auto", 1, {}, [{ name: "part", type: "STRING" }, { name: "sub", type: "INTEGER", option: "AUTO_INCREMENT" }]);
  const numbers = [];
  for (let i = 0; i < 3; i++) {
    const { row } = await put("auto", [{ part: "a" }, { sub: TableStore.PK_AUTO_INCR }], { v: `row ${i}` },
                              { returnContent: { returnType: TableStore.ReturnType.Primarykey } });
    same(`partition key of row ${i}`, plainKey(row)[0], "a");
    same(`row ${i} under its key`, await read("auto", keyAgain(row.primaryKey)), { v: `row ${i}` });
    numbers.push(BigInt(plainKey(row)[1].int));
  }
  same("numbers grow", numbers[0] < numbers[1] && numbers[1] < numbers[2], true);
}

module.exports = { types, keys, changes, conditions, columnConditions, counters, versions, autoIncrement };
