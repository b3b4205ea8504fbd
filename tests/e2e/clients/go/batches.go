// batches: BatchWriteRow and BatchGetRow, whole and with rows that fail; local transactions.

package main

import (
	"fmt"
	"math"

	. "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func checkBatches() {
	part("batch write", batchWrite)
	part("atomic batch", batchAtomic)
	part("batch get", batchGet)
	part("refused batches", refuseBatches)
}

func send(atomic bool, changes ...RowChange) (*BatchWriteRowResponse, error) {
	request := &BatchWriteRowRequest{IsAtomic: atomic}
	for _, change := range changes {
		request.AddRowChange(change)
	}
	return client.BatchWriteRow(request)
}

func batchPuts(count int) []RowChange {
	changes := []RowChange{}
	for i := 0; i < count; i++ {
		changes = append(changes, putChange("Batches", key("b", i), "n", i))
	}
	return changes
}

func fates(results []RowResult) []bool {
	fates := []bool{}
	for _, result := range results {
		fates = append(fates, result.IsSucceed)
	}
	return fates
}

func batchWrite() {
	must(create("Batches", 1))
	must(create("Batches2", 1))
	answer, err := send(false, batchPuts(200)...)
	must(err)
	same("200 puts", len(answer.TableToRowsResult["Batches"]), 200)
	never := putChange("Batches", key("b", 2), "n", "never")
	never.SetCondition(RowExistenceExpectation_EXPECT_NOT_EXIST)
	counter := updateChange("Batches", key("counter", 1))
	counter.IncrementColumn("n", 104)
	counter.SetReturnIncrementValue()
	counter.AppendIncrementColumnToReturn("n")
	returned := putChange("Batches", key("returned", 1), "n", 1)
	returned.SetReturnPk()
	answer, err = send(false, updateChange("Batches", key("b", 0), "n", "text"), deleteChange("Batches", key("b", 1)), never, counter, returned,
		putChange("Batches2", key("other", 1), "v", true))
	must(err)
	results := answer.TableToRowsResult["Batches"]
	same("one table's fates", fates(results), []bool{true, true, false, true, true})
	same("the other's", fates(answer.TableToRowsResult["Batches2"]), []bool{true})
	same("a row's error", results[2].Error.Code, conditionFailed)
	same("a counter returned", columnTexts(results[3].Columns), wanted("n", 104))
	same("a key returned", keyText(&results[4].PrimaryKey), keyText(key("returned", 1)))
	same("a row's units", *results[0].ConsumedCapacityUnit, ConsumedCapacityUnit{Read: 0, Write: 1})
	same("updated", columns("Batches", key("b", 0)), wanted("n", "text"))
	same("deleted", columns("Batches", key("b", 1)), none)
	same("as it was", columns("Batches", key("b", 2)), wanted("n", 2))
	same("in the other table", columns("Batches2", key("other", 1)), wanted("v", true))
}

func batchAtomic() {
	answer, err := send(true, putChange("Batches", key("atomic", 1), "n", 1), putChange("Batches", key("atomic", 2), "n", 2))
	must(err)
	same("one partition, atomically", fates(answer.TableToRowsResult["Batches"]), []bool{true, true})
	answer, err = send(true, putChange("Batches", key("atomic", 3), "n", 1), putChange("Batches", key("other", 3), "n", 2))
	must(err)
	same("two partitions", fates(answer.TableToRowsResult["Batches"]), []bool{false, false})
	same("two partitions: nothing is written", columns("Batches", key("atomic", 3)), none)
}

func batchGet() {
	query := &MultiRowQueryCriteria{TableName: "Batches", MaxVersion: 1}
	for _, i := range []int{7, 999, 5} {
		query.AddRow(key("b", i))
	}
	other := &MultiRowQueryCriteria{TableName: "Batches2", MaxVersion: 1}
	other.AddRow(key("other", 1))
	answer, err := client.BatchGetRow(&BatchGetRowRequest{MultiRowQueryCriteria: []*MultiRowQueryCriteria{query, other}})
	must(err)
	rows := answer.TableToRowsResult["Batches"]
	same("all succeed", fates(rows), []bool{true, true, true})
	same("in the order asked for", columnTexts(rows[0].Columns), wanted("n", 7))
	same("no such row", len(rows[1].PrimaryKey.PrimaryKeys), 0)
	same("the key comes with it", keyText(&rows[2].PrimaryKey), keyText(key("b", 5)))
	same("of a second table", columnTexts(answer.TableToRowsResult["Batches2"][0].Columns), wanted("v", true))
	filtered := &MultiRowQueryCriteria{TableName: "Batches", MaxVersion: 1}
	filtered.SetFilter(when("n", CT_LESS_THAN, 52))
	for i := 50; i < 54; i++ {
		filtered.AddRow(key("b", i))
	}
	answer, err = client.BatchGetRow(&BatchGetRowRequest{MultiRowQueryCriteria: []*MultiRowQueryCriteria{filtered}})
	must(err)
	found := []int{}
	for i, row := range answer.TableToRowsResult["Batches"] {
		if len(row.Columns) > 0 {
			found = append(found, i)
		}
	}
	same("a filter in BatchGetRow", found, []int{0, 1})
	many := &MultiRowQueryCriteria{TableName: "Batches", MaxVersion: 1}
	for i := 0; i < 101; i++ {
		many.AddRow(key("b", i))
	}
	_, err = client.BatchGetRow(&BatchGetRowRequest{MultiRowQueryCriteria: []*MultiRowQueryCriteria{many}})
	refused("101 rows to get", err, invalid, 400, "Rows count exceeds the upper limit: 100.")
}

func refuseBatches() {
	_, err := send(false, batchPuts(201)...)
	refused("201 rows", err, invalid, 400, "Rows count exceeds the upper limit: 200.")
	_, err = send(false, putChange("missing", key("b", 1), "n", 1))
	refused("a missing table in a batch", err, "OTSObjectNotExist", 404, missingTable)
	_, err = send(false, putChange("Batches", key("b", 5), "n", 50), putChange("Batches", key("b", 6), "n", math.Inf(1)))
	refused("infinity in a batch", err, invalid, 400, "")
	same("its neighbour is as it was", columns("Batches", key("b", 5)), wanted("n", 5))
}

func checkTransactions() {
	part("transactions", transactions)
	part("refused transactions", refuseTransactions)
}

func startTransaction(table string, k *PrimaryKey) (*string, error) {
	answer, err := client.StartLocalTransaction(&StartLocalTransactionRequest{TableName: table, PrimaryKey: k})
	if err != nil {
		return nil, err
	}
	return answer.TransactionId, nil
}

func putInside(transaction *string, k *PrimaryKey, value interface{}) error {
	change := putChange("Transactions", k, "v", value)
	change.TransactionId = transaction
	_, err := client.PutRow(&PutRowRequest{PutRowChange: change})
	return err
}

func readInside(transaction *string, k *PrimaryKey) map[string]string {
	query := criteria("Transactions", k)
	query.TransactionId = transaction
	return columnsOf(query)
}

func commitTransaction(transaction *string) error {
	_, err := client.CommitTransaction(&CommitTransactionRequest{TransactionId: transaction})
	return err
}

func abortTransaction(transaction *string) error {
	_, err := client.AbortTransaction(&AbortTransactionRequest{TransactionId: transaction})
	return err
}

func createTransactions(name string, enabled bool) {
	request := createRequest(meta(name, "part", PrimaryKeyType_STRING, "sub", PrimaryKeyType_INTEGER), 1)
	request.EnableLocalTxn = &enabled
	_, err := client.CreateTable(request)
	must(err)
}

func transactions() {
	createTransactions("Transactions", true)
	partition := keyOf("part", "user")
	k := key("user", 1)
	must(put("Transactions", k, "v", "before"))
	for _, commit := range []bool{false, true} {
		name := fmt.Sprint("commit ", commit, ": ")
		transaction, err := startTransaction("Transactions", partition)
		must(err)
		must(putInside(transaction, k, "inside"))
		same(name+"it sees its change", readInside(transaction, k), wanted("v", "inside"))
		same(name+"others do not", columns("Transactions", k), wanted("v", "before"))
		_, err = startTransaction("Transactions", partition)
		refused(name+"a second one", err, "OTSRowOperationConflict", 409, "")
		refused(name+"a write from outside", put("Transactions", key("user", 2), "v", 1), "OTSRowOperationConflict", 409, "")
		if commit {
			must(commitTransaction(transaction))
			same(name+"afterwards", columns("Transactions", k), wanted("v", "inside"))
		} else {
			must(abortTransaction(transaction))
			same(name+"afterwards", columns("Transactions", k), wanted("v", "before"))
		}
	}
	must(put("Transactions", key("user", 2), "v", 1))
	same("writes go on", columns("Transactions", key("user", 2)), wanted("v", 1))
}

func refuseTransactions() {
	empty := ""
	refused("commit of no id", commitTransaction(&empty), invalid, 400, "TransactionID is invalid.")
	refused("abort of no id", abortTransaction(&empty), invalid, 400, "TransactionID is invalid.")
	unknown := "not an id"
	refused("a put with an unknown id", putInside(&unknown, key("user", 1), 1), invalid, 400, "TransactionID is invalid.")
	_, err := startTransaction("Transactions", key("user", 1))
	refused("a transaction of a whole key", err, invalid, 400, "StartLocalTransaction support only one primary key.")
	createTransactions("Transactions_off", false)
	_, err = startTransaction("Transactions_off", keyOf("part", "user"))
	refused("a table without transactions", err, invalid, 400,
		"Try to call method using explicit transaction on explicit-transaction-disabled table.")
}
