// transactions: local ones. This SDK has no switch for them at CreateTable.
"use strict";
const { same, refused } = require("./checks");
const { client, create, key, put, read, remove, update } = require("./service");

const T = "transactions";
const start = async () => (await client.startLocalTransaction({ tableName: T, primaryKey: [{ part: "user" }] })).transactionId;

async function run() {
  await create(T);
  await put(T, key("user", 1), { v: "before" });
  await put(T, key("user", 9), { v: "going" });
  for (const end of ["abortTransaction", "commitTransaction"]) {
    const transactionId = await start();
    const all = async (more) => {
      const rows = [];
      for (const sub of [1, 2, 9]) rows.push(await read(T, key("user", sub), more));
      return rows;
    };
    same(`${end}: an id`, typeof transactionId === "string" && transactionId.length > 0, true);
    await put(T, key("user", 1), { v: "inside" }, { transactionId });
    await update(T, key("user", 2), [{ PUT: [{ v: "updated" }] }], { transactionId });
    await remove(T, key("user", 9), { transactionId });
    const before = [{ v: "before" }, null, { v: "going" }];
    const after = [{ v: "inside" }, { v: "updated" }, null];
    same(`${end}: what it sees`, await all({ transactionId }), after);
    same(`${end}: what others see`, await all(), before);
    await refused(`${end}: a write from outside`, "OTSRowOperationConflict", 409, () => put(T, key("user", 3), { v: "outside" }));
    await client[end]({ transactionId });
    same(`${end}: afterwards`, await all(), end === "abortTransaction" ? before : after);
  }
}

async function refusedTransactions() {
  const invalid = "TransactionID is invalid.";
  await refused("an unknown id", "OTSParameterInvalid", 400, () => put(T, key("user", 1), { v: "x" }, { transactionId: "not an id" }), invalid);
  await refused("commit of no id", "OTSParameterInvalid", 400, () => client.commitTransaction({ transactionId: "" }), invalid);
  await refused("a transaction of a whole key", "OTSParameterInvalid", 400,
                () => client.startLocalTransaction({ tableName: T, primaryKey: key("user", 1) }),
                "StartLocalTransaction support only one primary key.");
}

module.exports = { run, refusedTransactions };
