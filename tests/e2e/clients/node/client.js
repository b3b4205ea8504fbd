// client: the official Node.js SDK, unmodified, against the emulator: client.js ENDPOINT ID SECRET INSTANCE.
// The first check that fails ends the program. The last line is the count of checks.
// This SDK never decodes an error's body: its code is the HTTP status, its message the raw body.
"use strict";
const assert = require("assert");
const TableStore = require("tablestore");

const [endpoint, accessKeyId, secretAccessKey, instancename] = process.argv.slice(2);
const Long = TableStore.Long;
const { IGNORE, EXPECT_EXIST, EXPECT_NOT_EXIST } = TableStore.RowExistenceExpectation;
const condition = (expectation) => new TableStore.Condition(expectation, null);
const anyhow = condition(IGNORE);
const throughput = { capacityUnit: { read: 0, write: 0 } };
let checks = 0;

function connect(options) {
  return new TableStore.Client(
    Object.assign({ accessKeyId, secretAccessKey, endpoint, instancename, maxRetries: 0 }, options)
  );
}
const client = connect({});

function check(got, wanted) {
  checks += 1;
  assert.deepStrictEqual(got, wanted, `check ${checks}`);
}

async function refused(code, status, call) {
  try {
    await call();
  } catch (error) {
    check(error.code, status);
    check(String(error.message).includes(code), true);
    return;
  }
  throw new Error(`${code} was expected, and nothing failed`);
}

// What the SDK read, as plain values: integers as {int}, bytes as {hex}.
function plain(value) {
  if (Buffer.isBuffer(value)) return { hex: value.toString("hex") };
  if (value !== null && typeof value === "object" && typeof value.toNumber === "function") return { int: value.toString() };
  return value;
}
const int = (text) => ({ int: text });
const hex = (text) => ({ hex: text });
const number = (text) => Long.fromString(text);

function columns(row) {
  if (!row.attributes) return null;
  const now = Date.now();
  const read = {};
  for (const cell of row.attributes) {
    assert(Math.abs(Number(cell.timestamp.toString()) - now) < 600000, `version of ${cell.columnName}`);
    read[cell.columnName] = plain(cell.columnValue);
  }
  return read;
}

async function read(tableName, primaryKey, more) {
  const answer = await client.getRow(Object.assign({ tableName, primaryKey, maxVersions: 1 }, more));
  return columns(answer.row);
}

const key = (text, n) => [{ user: text }, { seq: Long.fromNumber(n) }];
const keyOf = (row) => row.primaryKey.map((cell) => plain(cell.value));

async function tables() {
  const meta = (tableName, primaryKey) => ({
    tableMeta: { tableName, primaryKey },
    reservedThroughput: throughput,
    tableOptions: { timeToLive: -1, maxVersions: 1 },
  });
  const two = [
    { name: "user", type: "STRING" },
    { name: "seq", type: "INTEGER" },
  ];
  check((await client.listTable({})).tableNames, []);
  await client.createTable(meta("first", two));
  await client.createTable(meta("bytes", [{ name: "b", type: "BINARY" }]));
  await client.createTable(meta("auto", [two[0], { name: "id", type: "INTEGER", option: "AUTO_INCREMENT" }]));
  const list = await client.listTable({});
  check(list.tableNames.slice().sort(), ["auto", "bytes", "first"]);
  const described = await client.describeTable({ tableName: "first" });
  check(described.tableMeta.primaryKey.map((column) => column.name), ["user", "seq"]);
  check(described.tableOptions.timeToLive, -1);
  check(described.tableOptions.maxVersions, 1);
  await refused("OTSObjectAlreadyExist", 409, () => client.createTable(meta("first", two)));
  await refused("OTSParameterInvalid", 400, () => client.createTable(meta("1st", two)));
  await refused("OTSObjectNotExist", 404, () => client.describeTable({ tableName: "missing" }));
  await refused("OTSObjectNotExist", 404, () => client.deleteTable({ tableName: "missing" }));
}

async function types() {
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const put = (primaryKey, attributeColumns, tableName) =>
    client.putRow({ tableName: tableName || "first", condition: anyhow, primaryKey, attributeColumns });
  const cells = [
    ["int_max", number("9223372036854775807"), int("9223372036854775807")],
    ["int_min", number("-9223372036854775808"), int("-9223372036854775808")],
    ["zero", number("0"), int("0")],
    ["minus_one", number("-1"), int("-1")],
    ["double", 0.1, 0.1],
    ["double_max", Number.MAX_VALUE, Number.MAX_VALUE],
    ["denormal", 5e-324, 5e-324],
    ["minus_zero", -0.0, -0.0],
    ["yes", true, true],
    ["no", false, false],
    ["empty", "", ""],
    ["unicode", "ключ 主键 é 😀 \u0000\u0001\n", "ключ 主键 é 😀 \u0000\u0001\n"],
    ["kb64", "0123456789abcdef".repeat(4096), "0123456789abcdef".repeat(4096)],
    ["no_bytes", Buffer.alloc(0), hex("")],
    ["all_bytes", all, hex(all.toString("hex"))],
  ];
  await put(key("types", 1), cells.map(([name, value]) => ({ [name]: value })));
  const got = await read("first", key("types", 1));
  for (const [name, , wanted] of cells) check(got[name], wanted);
  check(Object.keys(got), cells.map(([name]) => name).sort());
  await put(key("types", 1), [{ only: "this" }]);
  check(await read("first", key("types", 1)), { only: "this" });
  for (const [text, n] of [["", "-9223372036854775808"], ["主键😀", "9223372036854775807"], ["k".repeat(1024), "0"]]) {
    const primaryKey = [{ user: text }, { seq: number(n) }];
    await put(primaryKey, [{ a: "x" }]);
    const answer = await client.getRow({ tableName: "first", primaryKey, maxVersions: 1 });
    check(keyOf(answer.row), [text, int(n)]);
    await client.deleteRow({ tableName: "first", condition: anyhow, primaryKey });
    check(await read("first", primaryKey), null);
  }
  for (const bytes of [Buffer.alloc(0), all, Buffer.from([0, 0, 255])]) {
    await put([{ b: bytes }], [{ a: "x" }], "bytes");
    check(await read("bytes", [{ b: bytes }]), { a: "x" });
  }
}

async function changes() {
  const primaryKey = key("changes", 1);
  const update = (updateOfAttributeColumns, expectation) =>
    client.updateRow({ tableName: "first", condition: condition(expectation), primaryKey, updateOfAttributeColumns });
  const put = (expectation, attributeColumns) =>
    client.putRow({ tableName: "first", condition: condition(expectation), primaryKey, attributeColumns });
  await refused("OTSConditionCheckFail", 403, () => put(EXPECT_EXIST, [{ a: "x" }]));
  await put(EXPECT_NOT_EXIST, [{ a: "x" }, { n: Long.fromNumber(1) }, { gone: "x" }]);
  await refused("OTSConditionCheckFail", 403, () => put(EXPECT_NOT_EXIST, [{ a: "y" }]));
  await update([{ PUT: [{ a: "y" }, { more: true }] }, { DELETE_ALL: ["gone"] }], EXPECT_EXIST);
  check(await read("first", primaryKey), { a: "y", more: true, n: int("1") });
  await update([{ INCREMENT: [{ n: Long.fromNumber(41) }] }], IGNORE);
  check((await read("first", primaryKey)).n, int("42"));
  await refused("OTSParameterInvalid", 400, () => update([{ INCREMENT: [{ a: Long.fromNumber(1) }] }], IGNORE));
  await refused("OTSParameterInvalid", 400, () => put(IGNORE, [{ nan: NaN }]));
  await refused("OTSParameterInvalid", 400, () => put(IGNORE, [{ inf: -Infinity }]));
  await refused("OTSParameterInvalid", 400, () => put(IGNORE, [{ "1a": "x" }]));
  await refused("OTSParameterInvalid", 400, () => put(IGNORE, [{ user: "x" }]));
  await refused("OTSInvalidPK", 400, () =>
    client.putRow({ tableName: "first", condition: anyhow, primaryKey: [{ user: "x" }], attributeColumns: [] }));
  check((await read("first", primaryKey)).a, "y");
  await client.deleteRow({ tableName: "first", condition: condition(EXPECT_EXIST), primaryKey });
  check(await read("first", primaryKey), null);
  await refused("OTSConditionCheckFail", 403, () =>
    client.deleteRow({ tableName: "first", condition: condition(EXPECT_EXIST), primaryKey }));
  const returned = await client.putRow({
    tableName: "auto",
    condition: anyhow,
    primaryKey: [{ user: "a" }, { id: TableStore.PK_AUTO_INCR }],
    attributeColumns: [{ a: "x" }],
    returnContent: { returnType: TableStore.ReturnType.Primarykey },
  });
  check(keyOf(returned.row)[0], "a");
  check(await read("auto", [{ user: "a" }, { id: returned.row.primaryKey[1].value }]), { a: "x" });
}

async function batches() {
  const row = (i, attributeColumns, more) =>
    Object.assign({ type: "PUT", condition: anyhow, primaryKey: key(`b${String(i).padStart(3, "0")}`, i), attributeColumns }, more);
  const send = (rows, tableName) => client.batchWriteRow({ tables: [{ tableName: tableName || "first", rows }] });
  const many = Array.from({ length: 201 }, (_, i) => row(i, [{ n: Long.fromNumber(i) }]));
  const all = await send(many.slice(0, 200));
  check(all.tables.filter((one) => one.isOk).length, 200);
  const mixed = await send([
    row(0, [{ PUT: [{ n: "text now" }] }], { type: "UPDATE" }),
    row(1, undefined, { type: "DELETE" }),
    row(2, [{ n: "never" }], { condition: condition(EXPECT_NOT_EXIST) }),
    row(200, [{ n: "new" }]),
  ]);
  check(mixed.tables.map((one) => one.isOk), [true, true, false, true]);
  check(mixed.tables[2].errorCode, "OTSConditionCheckFail");
  check(await read("first", key("b000", 0)), { n: "text now" });
  check(await read("first", key("b001", 1)), null);
  check(await read("first", key("b002", 2)), { n: int("2") });
  await refused("OTSParameterInvalid", 400, () => send(many));
  await refused("OTSParameterInvalid", 400, () => send([many[3], many[3]]));
  await refused("OTSParameterInvalid", 400, () => send([row(3, [{ n: "lost" }]), row(4, [{ n: NaN }])]));
  await refused("OTSObjectNotExist", 404, () => send([many[3]], "missing"));
  check(await read("first", key("b003", 3)), { n: int("3") });
}

async function ranges() {
  const min = [{ user: TableStore.INF_MIN }, { seq: TableStore.INF_MIN }];
  const max = [{ user: TableStore.INF_MAX }, { seq: TableStore.INF_MAX }];
  const names = Array.from({ length: 201 }, (_, i) => `b${String(i).padStart(3, "0")}`).filter((name) => name !== "b001");
  const all = ["types"].concat(names).sort();
  const page = (direction, start, end, limit) =>
    client.getRange({ tableName: "first", direction, maxVersions: 1, inclusiveStartPrimaryKey: start,
                      exclusiveEndPrimaryKey: end, limit });
  const next = (answer) => {
    const from = answer.nextStartPrimaryKey;
    return from ? [{ user: from[0].value }, { seq: from[1].value }] : null;
  };
  for (const [direction, start, end, wanted] of [
    [TableStore.Direction.FORWARD, min, max, all],
    [TableStore.Direction.BACKWARD, max, min, all.slice().reverse()],
  ]) {
    for (const limit of [1000, 7]) {
      const got = [];
      for (let from = start; from; ) {
        const answer = await page(direction, from, end, limit);
        check(answer.rows.length <= limit, true);
        got.push(...answer.rows.map((row) => keyOf(row)[0]));
        from = next(answer);
      }
      check(got, wanted);
    }
  }
  const part = await page(TableStore.Direction.FORWARD, key("b010", 10), key("b020", 20), 100);
  check(part.rows.map((row) => keyOf(row)[0]), names.slice(9, 19));
  check(columns(part.rows[0]), { n: int("10") });
  await refused("OTSParameterInvalid", 400, () => page(TableStore.Direction.BACKWARD, min, max, 10));
}

async function strangers() {
  await refused("OTSAuthFailed", 403, () => connect({ accessKeyId: "nobody" }).listTable({}));
  await refused("OTSAuthFailed", 403, () => connect({ secretAccessKey: "guess" }).listTable({}));
  await refused("OTSAuthFailed", 403, () => connect({ instancename: "elsewhere" }).listTable({}));
  await refused("Unsupported operation", 400, () => client.listSearchIndex({ tableName: "first" }));
}

async function main() {
  await tables();
  await types();
  await changes();
  await batches();
  await ranges();
  await strangers();
  await client.deleteTable({ tableName: "first" });
  await refused("OTSObjectNotExist", 404, () => read("first", key("types", 1)));
  console.log(checks);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
