// reads: ranges in both directions, columns to get, column ranges, filters.

package main

import (
	"fmt"

	. "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func checkReads() {
	part("rows to read", fill)
	part("columns", columnChoice)
	part("ranges", ranges)
	part("filters", filters)
	part("pagination", pagination)
	part("refused reads", refuseReads)
}

// scan: every row of the range, page by page.
func scan(query *RangeRowQueryCriteria) []*Row {
	if query.MaxVersion == 0 {
		query.MaxVersion = 1
	}
	rows := []*Row{}
	for query.StartPrimaryKey != nil {
		page, err := client.GetRange(&GetRangeRequest{RangeRowQueryCriteria: query})
		must(err)
		if query.Limit > 0 && len(page.Rows) > int(query.Limit) {
			fail("a page within its limit", len(page.Rows), query.Limit)
		}
		rows = append(rows, page.Rows...)
		query.StartPrimaryKey = page.NextStartPrimaryKey
	}
	return rows
}

func at(i int) *PrimaryKey {
	return key(fmt.Sprintf("r%02d", i/5), i)
}

func keyTexts(from, to, step int) []string {
	texts := []string{}
	for i := from; i != to; i += step {
		texts = append(texts, keyText(at(i)))
	}
	return texts
}

func scanned(start, end *PrimaryKey, direction Direction, limit int32) []string {
	texts := []string{}
	for _, row := range scan(&RangeRowQueryCriteria{TableName: "Reads", StartPrimaryKey: start, EndPrimaryKey: end, Direction: direction, Limit: limit}) {
		texts = append(texts, keyText(row.PrimaryKey))
	}
	return texts
}

func fill() {
	must(create("Reads", 1))
	request := &BatchWriteRowRequest{}
	for i := 0; i < 50; i++ {
		change := putChange("Reads", at(i), "n", i, "s", fmt.Sprint("s", i%5), "d", float64(i)/4, "b", i%2 == 0)
		if i%3 == 0 {
			change.AddColumn("third", int64(i))
		}
		request.AddRowChange(change)
	}
	answer, err := client.BatchWriteRow(request)
	must(err)
	same("fifty rows", len(answer.TableToRowsResult["Reads"]), 50)
}

func columnChoice() {
	query := criteria("Reads", at(4))
	query.AddColumnToGet("n")
	query.AddColumnToGet("s")
	query.AddColumnToGet("missing")
	same("two columns", columnsOf(query), wanted("n", 4, "s", "s4"))
	query = criteria("Reads", at(4))
	query.AddColumnToGet("missing")
	same("none of the named columns: no row", columnsOf(query), none)
	query = criteria("Reads", at(4))
	query.AddColumnToGet("part")
	same("a key column keeps the row", columnsOf(query), wanted())
	query = criteria("Reads", at(4))
	query.SetStartColumn("c")
	query.SetEndtColumn("s")
	same("from a column to another, which is left out", columnsOf(query), wanted("d", 1.0, "n", 4))
}

func ranges() {
	low, high := key(lowest, lowest), key(highest, highest)
	for _, limit := range []int32{0, 1, 7, 50, 1000} {
		same(fmt.Sprint("all, forward, by ", limit), scanned(low, high, FORWARD, limit), keyTexts(0, 50, 1))
		same(fmt.Sprint("all, backward, by ", limit), scanned(high, low, BACKWARD, limit), keyTexts(49, -1, -1))
	}
	same("the start is in, the end is not", scanned(at(10), at(20), FORWARD, 0), keyTexts(10, 20, 1))
	same("backward too", scanned(at(20), at(10), BACKWARD, 3), keyTexts(20, 10, -1))
	same("one partition", scanned(key("r03", lowest), key("r03", highest), FORWARD, 2), keyTexts(15, 20, 1))
	page, err := client.GetRange(&GetRangeRequest{RangeRowQueryCriteria: &RangeRowQueryCriteria{TableName: "Reads", StartPrimaryKey: low,
		EndPrimaryKey: high, MaxVersion: 1, Limit: 10}})
	must(err)
	same("the next key", keyText(page.NextStartPrimaryKey), keyText(at(10)))
	same("columns of a range", columnTexts(page.Rows[4].Columns), wanted("n", 4, "s", "s4", "d", 1.0, "b", true))
	same("a range costs read units", page.ConsumedCapacityUnit.Read >= 1 && page.ConsumedCapacityUnit.Write == 0, true)
	matrix, err := client.GetRange(&GetRangeRequest{RangeRowQueryCriteria: &RangeRowQueryCriteria{TableName: "Reads", StartPrimaryKey: low,
		EndPrimaryKey: high, MaxVersion: 1, Limit: 10, DataBlockType: SimpleRowMatrix}})
	must(err)
	same("the other block type is a hint", len(matrix.Rows), 10)
}

func passing(filter ColumnFilter) []int64 {
	numbers := []int64{}
	for _, row := range scan(&RangeRowQueryCriteria{TableName: "Reads", StartPrimaryKey: key(lowest, lowest), EndPrimaryKey: key("r04", lowest),
		Filter: filter}) {
		numbers = append(numbers, row.PrimaryKey.PrimaryKeys[1].Value.(int64))
	}
	return numbers
}

func when(column string, comparator ComparatorType, value interface{}) *SingleColumnCondition {
	filter := NewSingleColumnCondition(column, comparator, wide(value))
	filter.FilterIfMissing = true
	filter.LatestVersionOnly = true
	return filter
}

func all(operator LogicalOperator, parts ...ColumnFilter) *CompositeColumnValueFilter {
	filter := NewCompositeColumnCondition(operator)
	for _, part := range parts {
		filter.AddFilter(part)
	}
	return filter
}

func filters() {
	query := criteria("Reads", at(7))
	query.SetFilter(when("n", CT_EQUAL, 7))
	same("a row that passes", columnsOf(query), wanted("n", 7, "s", "s2", "d", 1.75, "b", false))
	query.SetFilter(when("n", CT_EQUAL, 8))
	same("a row that does not", columnsOf(query), none)
	same("equal", passing(when("n", CT_EQUAL, 7)), []int64{7})
	same("greater", passing(when("n", CT_GREATER_THAN, 17)), []int64{18, 19})
	same("greater or equal", passing(when("d", CT_GREATER_EQUAL, 4.5)), []int64{18, 19})
	same("less", passing(when("n", CT_LESS_THAN, 2)), []int64{0, 1})
	same("less or equal", passing(when("s", CT_LESS_EQUAL, "s0")), []int64{0, 5, 10, 15})
	same("not equal", len(passing(when("b", CT_NOT_EQUAL, true))), 10)
	same("missing columns do not pass", passing(when("third", CT_GREATER_EQUAL, 12)), []int64{12, 15, 18})
	loose := when("third", CT_GREATER_EQUAL, 0)
	loose.FilterIfMissing = false
	same("missing columns pass", len(passing(loose)), 20)
	low, even, s1 := when("n", CT_LESS_THAN, 6), when("b", CT_EQUAL, true), when("s", CT_EQUAL, "s1")
	same("and", passing(all(LO_AND, low, even)), []int64{0, 2, 4})
	same("or", passing(all(LO_OR, when("n", CT_EQUAL, 3), when("n", CT_EQUAL, 18))), []int64{3, 18})
	same("not", passing(all(LO_NOT, when("n", CT_GREATER_THAN, 1))), []int64{0, 1})
	same("and of or and not", passing(all(LO_AND, all(LO_OR, low, s1), all(LO_NOT, even))), []int64{1, 3, 5, 11})
}

func pagination() {
	request := putChange("Reads", key("wide", 1))
	for i := 0; i < 30; i++ {
		request.AddColumn(fmt.Sprintf("c%02d", i), int64(i))
	}
	_, err := client.PutRow(&PutRowRequest{PutRowChange: request})
	must(err)
	query := criteria("Reads", key("wide", 1))
	query.SetFilter(&PaginationFilter{Offset: 10, Limit: 3})
	same("three columns from the tenth", columnsOf(query), wanted("c10", 10, "c11", 11, "c12", 12))
	query.SetFilter(&PaginationFilter{Offset: 28, Limit: 5})
	same("the last page", columnsOf(query), wanted("c28", 28, "c29", 29))
}

func refuseReads() {
	get := func(table string, start, end *PrimaryKey, direction Direction) error {
		_, err := client.GetRange(&GetRangeRequest{RangeRowQueryCriteria: &RangeRowQueryCriteria{TableName: table, StartPrimaryKey: start,
			EndPrimaryKey: end, Direction: direction, MaxVersion: 1}})
		return err
	}
	refused("forward from the end", get("Reads", at(2), at(1), FORWARD), invalid, 400, "Begin key must less than end key in FORWARD")
	refused("backward from the start", get("Reads", at(1), at(2), BACKWARD), invalid, 400, "Begin key must more than end key in BACKWARD")
	refused("an empty range", get("Reads", at(1), at(1), FORWARD), invalid, 400, "Begin key must less than end key in FORWARD")
	refused("a range of a missing table", get("missing", at(1), at(2), FORWARD), "OTSObjectNotExist", 404, missingTable)
	_, err := client.GetRange(&GetRangeRequest{RangeRowQueryCriteria: &RangeRowQueryCriteria{TableName: "Reads", StartPrimaryKey: at(1),
		EndPrimaryKey: at(2), MaxVersion: 1, Limit: -1}})
	refused("a limit below 0", err, invalid, 400, "The limit must be greater than 0.")
}
