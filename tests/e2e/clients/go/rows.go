// rows: every type and its extremes; put, update, delete, conditions, counters, versions, keys that the service chooses.

package main

import (
	"fmt"
	"math"
	"strings"
	"time"

	. "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

const unicode = "ключ 主键 é 😀 \x00\x01\n"

func checkRows() {
	part("rows", func() { must(create("Rows", 1)) })
	part("types", types)
	part("keys", keys)
	part("changes", changes)
	part("conditions", conditions)
	part("counters", counters)
	part("versions", versions)
	part("auto-increment", autoIncrement)
	part("refused rows", refuseRows)
}

func allBytes() []byte {
	bytes := make([]byte, 256)
	for i := range bytes {
		bytes[i] = byte(i)
	}
	return bytes
}

func types() {
	all := []interface{}{
		"int_max", int64(math.MaxInt64), "int_min", int64(math.MinInt64), "zero", 0, "minus_one", -1, "yes", true, "no", false,
		"double", 0.1, "double_max", math.MaxFloat64, "denormal", math.SmallestNonzeroFloat64, "whole", 3.0,
		"minus_zero", math.Copysign(0, -1), "empty", "", "unicode", unicode, "no_bytes", []byte{}, "all_bytes", allBytes(),
		"kb64", strings.Repeat("0123456789abcdef", 4096), "kb64_bytes", make([]byte, 65536), strings.Repeat("n", 255), "a long name",
	}
	must(put("Rows", key("types", 1), all...))
	got := columns("Rows", key("types", 1))
	for name, value := range wanted(all...) {
		same("column "+name[:min(len(name), 12)], got[name], value)
	}
	same("as many columns", len(got), len(all)/2)
	answer, err := read(criteria("Rows", key("types", 1)))
	must(err)
	now := time.Now().UnixNano() / 1000000
	for _, column := range answer.Columns {
		if column.Timestamp < now-600000 || column.Timestamp > now+600000 {
			fail("version of "+column.ColumnName, column.Timestamp, now)
		}
	}
	two := strings.Repeat("x", 2*1024*1024)
	must(put("Rows", key("large", 1), "v", two))
	same("a value of 2 MB", columns("Rows", key("large", 1))["v"] == text(two), true)
	refused("one byte more", put("Rows", key("large", 1), "v", two+"x"), invalid, 400,
		"The length of attribute column: 'v' exceeds the MaxLength:2097152 with CurrentLength:2097153.")
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		refused(fmt.Sprint("a double that is ", bad), put("Rows", key("nan", 1), "v", bad), invalid, 400, "")
	}
	same("no row came of it", columns("Rows", key("nan", 1)), none)
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}

func keys() {
	_, err := client.CreateTable(createRequest(meta("Keys", "s", PrimaryKeyType_STRING, "i", PrimaryKeyType_INTEGER, "b", PrimaryKeyType_BINARY), 1))
	must(err)
	for _, values := range [][]interface{}{
		{"", int64(math.MinInt64), []byte{}}, {unicode, int64(math.MaxInt64), allBytes()},
		{strings.Repeat("k", 1024), 0, make([]byte, 1024)}, {"a\x00b", -1, []byte{0}}, {"😀", 1, []byte{255, 0, 255}},
	} {
		one := keyOf("s", values[0], "i", values[1], "b", values[2])
		name := fmt.Sprintf("key %.9q", values[0])
		must(put("Keys", one, "v", 1))
		answer, err := read(criteria("Keys", one))
		must(err)
		same(name+" read back", keyText(&answer.PrimaryKey), keyText(one))
		must(remove("Keys", one))
		same(name+" deleted", columns("Keys", one), none)
	}
	refused("a key of 1,025 bytes", put("Keys", keyOf("s", strings.Repeat("k", 1025), "i", 0, "b", []byte{}), "v", 1), invalid, 400,
		"The length of primary key column: 's' exceeds the MaxLength:1024 with CurrentLength:1025.")
	refused("a key of another type", put("Keys", keyOf("s", 1, "i", 0, "b", []byte{}), "v", 1), "OTSInvalidPK", 400,
		"Validate PK type fail. Input: VT_INTEGER, Meta: VT_STRING.")
	refused("a key of another name", remove("Keys", keyOf("x", "a", "i", 0, "b", []byte{})), "OTSInvalidPK", 400,
		"Validate PK name fail. Input: x, Meta: s.")
	refused("a key too short", put("Keys", keyOf("s", "a"), "v", 1), "OTSInvalidPK", 400, "")
	_, err = read(criteria("Keys", keyOf("s", "a", "i", lowest, "b", []byte{})))
	refused("a range's bound as a key", err, invalid, 400, "VT_INF_MIN is an invalid type for the primary key.")
}

func changes() {
	k := key("changes", 1)
	must(put("Rows", k, "a", 1, "b", "x"))
	must(put("Rows", k, "c", true))
	same("a put replaces the row", columns("Rows", k), wanted("c", true))
	change := updateChange("Rows", k, "a", "text", "d", 2)
	change.DeleteColumn("c")
	change.DeleteColumn("never_there")
	must(update(change))
	same("put and delete in one update", columns("Rows", k), wanted("a", "text", "d", 2))
	rest := updateChange("Rows", k)
	rest.DeleteColumn("a")
	rest.DeleteColumn("d")
	must(update(rest))
	same("a row without columns stays", columns("Rows", k), wanted())
	must(remove("Rows", k))
	same("deleted", columns("Rows", k), none)
	must(remove("Rows", k))
	must(update(rest))
	same("a deletion alone makes no row", columns("Rows", k), none)
	request := &PutRowRequest{PutRowChange: putChange("Rows", k, "a", 1)}
	answer, err := client.PutRow(request)
	must(err)
	same("units of a small put", *answer.ConsumedCapacityUnit, ConsumedCapacityUnit{Read: 0, Write: 1})
	same("no key unasked", len(answer.PrimaryKey.PrimaryKeys), 0)
	request.PutRowChange.SetReturnPk()
	answer, err = client.PutRow(request)
	must(err)
	same("the key when asked for", keyText(&answer.PrimaryKey), keyText(k))
}

func conditions() {
	k := key("condition", 1)
	expected := func(expectation RowExistenceExpectation, value int) error {
		change := putChange("Rows", k, "a", value)
		change.SetCondition(expectation)
		_, err := client.PutRow(&PutRowRequest{PutRowChange: change})
		return err
	}
	refused("put where a row is expected", expected(RowExistenceExpectation_EXPECT_EXIST, 1), conditionFailed, 403, "")
	must(expected(RowExistenceExpectation_EXPECT_NOT_EXIST, 1))
	refused("put where none is expected", expected(RowExistenceExpectation_EXPECT_NOT_EXIST, 2), conditionFailed, 403, "")
	must(expected(RowExistenceExpectation_EXPECT_EXIST, 3))
	same("a condition that holds", columns("Rows", k), wanted("a", 3))
	gone := deleteChange("Rows", key("condition", 2))
	gone.SetCondition(RowExistenceExpectation_EXPECT_EXIST)
	_, err := client.DeleteRow(&DeleteRowRequest{DeleteRowChange: gone})
	refused("delete where a row is expected", err, conditionFailed, 403, "")

	gate := func(name string, condition ColumnFilter, open bool) {
		must(put("Rows", k, "n", 10, "s", "mmm", "d", 1.5, "b", true))
		change := updateChange("Rows", k, "mark", 1)
		change.SetColumnCondition(condition)
		err := update(change)
		if open {
			must(err)
			same(name, columns("Rows", k), wanted("n", 10, "s", "mmm", "d", 1.5, "b", true, "mark", 1))
		} else {
			refused(name, err, conditionFailed, 403, "Condition check failed.")
		}
	}
	strict := func(column string, comparator ComparatorType, value interface{}) *SingleColumnCondition {
		condition := NewSingleColumnCondition(column, comparator, wide(value))
		condition.FilterIfMissing = true
		condition.LatestVersionOnly = true
		return condition
	}
	gate("equal", strict("n", CT_EQUAL, 10), true)
	gate("equal, not", strict("n", CT_EQUAL, 11), false)
	gate("not equal", strict("s", CT_NOT_EQUAL, "x"), true)
	gate("greater", strict("d", CT_GREATER_THAN, 1.5), false)
	gate("greater or equal", strict("d", CT_GREATER_EQUAL, 1.5), true)
	gate("less", strict("s", CT_LESS_THAN, "n"), true)
	gate("less or equal", strict("n", CT_LESS_EQUAL, 9), false)
	gate("boolean", strict("b", CT_EQUAL, true), true)
	gate("a missing column is filtered", strict("missing", CT_EQUAL, 1), false)
	loose := strict("missing", CT_EQUAL, 1)
	loose.FilterIfMissing = false
	gate("a missing column passes", loose, true)
	both := func(operator LogicalOperator) *CompositeColumnValueFilter {
		condition := NewCompositeColumnCondition(operator)
		condition.AddFilter(strict("n", CT_EQUAL, 10))
		condition.AddFilter(strict("s", CT_EQUAL, "other"))
		return condition
	}
	gate("and", both(LO_AND), false)
	gate("or", both(LO_OR), true)
	not := NewCompositeColumnCondition(LO_NOT)
	not.AddFilter(both(LO_AND))
	gate("not of and", not, true)
	remaining := deleteChange("Rows", k)
	remaining.SetColumnCondition(strict("n", CT_EQUAL, 99))
	_, err = client.DeleteRow(&DeleteRowRequest{DeleteRowChange: remaining})
	refused("a delete under a condition", err, conditionFailed, 403, "Condition check failed.")
}

func counters() {
	k := key("counter", 1)
	step := updateChange("Rows", k)
	step.IncrementColumn("n", 10)
	must(update(step))
	same("a counter begins at 0", columns("Rows", k), wanted("n", 10))
	step.SetReturnIncrementValue()
	step.AppendIncrementColumnToReturn("n")
	answer, err := client.UpdateRow(&UpdateRowRequest{UpdateRowChange: step})
	must(err)
	same("a counter is returned", columnTexts(answer.Columns), wanted("n", 20))
	must(update(updateChange("Rows", k, "n", int64(math.MaxInt64), "s", "text")))
	refused("a counter above int64", update(step), invalid, 400, "")
	words := updateChange("Rows", k)
	words.IncrementColumn("s", 1)
	refused("counting text", update(words), invalid, 400, "")
	same("what was refused changed nothing", columns("Rows", k), wanted("n", int64(math.MaxInt64), "s", "text"))
}

func versions() {
	must(create("Versions", 4))
	k := key("v", 1)
	base := time.Now().UnixNano()/1000000 - 10000
	change := updateChange("Versions", k)
	for i := int64(0); i < 7; i++ {
		change.PutColumnWithTimestamp("v", i, base+i)
	}
	must(update(change))
	cells := func(set func(*SingleRowQueryCriteria)) []string {
		query := criteria("Versions", k)
		query.MaxVersion = 100
		if set != nil {
			set(query)
		}
		answer, err := read(query)
		must(err)
		cells := []string{}
		for _, cell := range answer.Columns {
			cells = append(cells, fmt.Sprintf("%s@%d", text(cell.Value)[6:], cell.Timestamp-base))
		}
		return cells
	}
	same("max versions of the table", cells(nil), []string{"6@6", "5@5", "4@4", "3@3"})
	same("the newest two", cells(func(query *SingleRowQueryCriteria) { query.MaxVersion = 2 }), []string{"6@6", "5@5"})
	same("a time range", cells(func(query *SingleRowQueryCriteria) {
		query.MaxVersion = 0
		query.TimeRange = &TimeRange{Start: base + 3, End: base + 5}
	}), []string{"4@4", "3@3"})
	same("one time", cells(func(query *SingleRowQueryCriteria) {
		query.MaxVersion = 0
		query.TimeRange = &TimeRange{Specific: base + 5}
	}), []string{"5@5"})
	drop := updateChange("Versions", k)
	drop.DeleteColumnWithTimestamp("v", base+5)
	must(update(drop))
	same("one version deleted", cells(nil), []string{"6@6", "4@4", "3@3"})
	old := putChange("Versions", k)
	old.AddColumnWithTimestamp("v", int64(1), base-2*86400000)
	_, err := client.PutRow(&PutRowRequest{PutRowChange: old})
	refused("a version of two days ago", err, invalid, 400, "")
}

func autoIncrement() {
	m := meta("Auto", "part", PrimaryKeyType_STRING)
	m.AddPrimaryKeyColumnOption("sub", PrimaryKeyType_INTEGER, AUTO_INCREMENT)
	_, err := client.CreateTable(createRequest(m, 1))
	must(err)
	before := int64(0)
	for i := 0; i < 3; i++ {
		change := putChange("Auto", key("a", chosen), "i", i)
		change.SetReturnPk()
		answer, err := client.PutRow(&PutRowRequest{PutRowChange: change})
		must(err)
		number := answer.PrimaryKey.PrimaryKeys[1].Value.(int64)
		same(fmt.Sprint("number ", i, " is greater"), number > before, true)
		same(fmt.Sprint("row ", i, " under its key"), columns("Auto", key("a", number)), wanted("i", i))
		before = number
	}
}

func refuseRows() {
	k := key("refused", 1)
	refused("put into a missing table", put("missing", k, "a", 1), "OTSObjectNotExist", 404, missingTable)
	refused("update in a missing table", update(updateChange("missing", k, "a", 1)), "OTSObjectNotExist", 404, missingTable)
	refused("delete from a missing table", remove("missing", k), "OTSObjectNotExist", 404, missingTable)
	_, err := read(criteria("missing", k))
	refused("read a missing table", err, "OTSObjectNotExist", 404, missingTable)
	refused("an update of nothing", update(updateChange("Rows", k)), invalid, 400, "")
	refused("an attribute with a key's name", put("Rows", k, "part", "x"), invalid, 400, "")
	refused("a column name", put("Rows", k, "#abc", 1), invalid, 400, "Invalid column name: '#abc'.")
	many := []interface{}{}
	for i := 0; i < 1025; i++ {
		many = append(many, fmt.Sprintf("c%05d", i), i)
	}
	must(put("Rows", k, many[:2048]...))
	same("1,024 columns", len(columns("Rows", k)), 1024)
	refused("1,025 columns", put("Rows", k, many...), invalid, 400,
		"The number of attribute columns exceeds the limit, limit count: 1024, column count: 1025.")
}
