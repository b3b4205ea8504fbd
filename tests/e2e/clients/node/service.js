// service: the emulator that the checks talk to, and the short forms they are written in.
"use strict";
const http = require("http");
const TableStore = require("tablestore");

const [endpoint, accessKeyId, secretAccessKey, instancename] = process.argv.slice(2);
const { IGNORE, EXPECT_EXIST, EXPECT_NOT_EXIST } = TableStore.RowExistenceExpectation;
const number = (value) => TableStore.Long.fromString(String(value));
const condition = (expectation, column) => new TableStore.Condition(expectation, column || null);
const anyhow = condition(IGNORE);
const missing = "Requested table does not exist.";

// Without retries unless asked for: what the service refuses is not asked again. The SDK keeps this one number for all its clients.
function connect(options) {
  return new TableStore.Client(
    Object.assign({ accessKeyId, secretAccessKey, endpoint, instancename, maxRetries: 0 }, options)
  );
}
const client = connect({});

// ---- tables ----

const keySchema = [
  { name: "part", type: "STRING" },
  { name: "sub", type: "INTEGER" },
];
const tableOf = (tableName, maxVersions, more, primaryKey, definedColumn) =>
  Object.assign(
    {
      tableMeta: { tableName, primaryKey: primaryKey || keySchema, definedColumn },
      reservedThroughput: { capacityUnit: { read: 0, write: 0 } },
      tableOptions: { timeToLive: -1, maxVersions: maxVersions || 1 },
    },
    more
  );
const create = (...how) => client.createTable(tableOf(...how));
const describe = (tableName) => client.describeTable({ tableName });

// ---- keys and values: what the SDK read, as plain values: integers as {int}, bytes as {hex} ----

function plain(value) {
  if (Buffer.isBuffer(value)) return { hex: value.toString("hex") };
  if (value !== null && typeof value === "object" && typeof value.toNumber === "function") return { int: value.toString() };
  return value;
}
const int = (value) => ({ int: String(value) });
const hex = (value) => ({ hex: value });
const long = (value) => (Number.isInteger(value) ? number(value) : value);
const key = (part, sub) => [{ part }, { sub: long(sub) }];
const lowest = key(TableStore.INF_MIN, TableStore.INF_MIN);
const highest = key(TableStore.INF_MAX, TableStore.INF_MAX);
const plainKey = (row) => row.primaryKey && row.primaryKey.map((cell) => plain(cell.value));
const keyAgain = (primaryKey) => primaryKey && primaryKey.map((cell) => ({ [cell.name]: cell.value }));

// ---- rows ----

const cells = (columns) => Object.entries(columns).map(([name, value]) => ({ [name]: value }));

// Columns as an object of values.
const put = (tableName, primaryKey, columns, more) =>
  client.putRow(Object.assign({ tableName, condition: anyhow, primaryKey, attributeColumns: cells(columns) }, more));

// Changes in the SDK's form: [{PUT: [...]}, {DELETE_ALL: [...]} ...].
const update = (tableName, primaryKey, updateOfAttributeColumns, more) =>
  client.updateRow(Object.assign({ tableName, condition: anyhow, primaryKey, updateOfAttributeColumns }, more));

const remove = (tableName, primaryKey, more) =>
  client.deleteRow(Object.assign({ tableName, condition: anyhow, primaryKey }, more));

const columnsOf = (row) =>
  row && row.attributes ? Object.fromEntries(row.attributes.map((cell) => [cell.columnName, plain(cell.columnValue)])) : null;

// Name to plain value, or null without a row.
async function read(tableName, primaryKey, more) {
  const answer = await client.getRow(Object.assign({ tableName, primaryKey, maxVersions: 1 }, more));
  return columnsOf(answer.row);
}

// Every row of the range, page by page.
async function scan(tableName, start, end, direction, more, pages) {
  const rows = [];
  for (let from = start; from; ) {
    const answer = await client.getRange(
      Object.assign(
        { tableName, direction: TableStore.Direction[direction || "FORWARD"], maxVersions: 1, inclusiveStartPrimaryKey: from,
          exclusiveEndPrimaryKey: end },
        more
      )
    );
    rows.push(...answer.rows);
    if (pages) pages.push(answer.rows.length);
    from = keyAgain(answer.nextStartPrimaryKey);
  }
  return rows;
}

const when = (column, comparator, value, passIfMissing, latestOnly) =>
  new TableStore.SingleColumnCondition(column, long(value), TableStore.ComparatorType[comparator], Boolean(passIfMissing),
                                       latestOnly !== false);

function all(operator, ...parts) {
  const composite = new TableStore.CompositeCondition(TableStore.LogicalOperator[operator]);
  for (const part of parts) composite.addSubCondition(part);
  return composite;
}

// ---- the control path ----

function faults(...rules) {
  return new Promise((resolve, reject) => {
    const request = http.request(`${endpoint}/_control/faults`, { method: "POST" }, (answer) => {
      answer.resume();
      answer.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`faults: ${answer.statusCode}`))));
    });
    request.on("error", reject);
    request.end(JSON.stringify({ rules }));
  });
}

module.exports = {
  TableStore, EXPECT_EXIST, EXPECT_NOT_EXIST, IGNORE, all, anyhow, cells, client, columnsOf, condition, connect, create, describe,
  faults, hex, highest, int, key, keyAgain, keySchema, long, lowest, missing, number, plain, plainKey, put, read, remove, scan,
  tableOf, update, when,
};
