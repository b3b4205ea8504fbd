// tables: their making, changing and going; indexes and defined columns; logical splits.

package main

import (
	"fmt"
	"sort"
	"strings"

	. "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func checkTables() {
	part("tables", makeAndShow)
	part("refused tables", refuseTables)
	part("update table", updateTable)
	part("indexes", indexes)
	part("defined columns", definedColumns)
	part("splits", splits)
	part("delete table", deleteTables)
}

func tableNames() []string {
	answer, err := client.ListTable()
	must(err)
	names := append([]string{}, answer.TableNames...)
	sort.Strings(names)
	return names
}

func makeAndShow() {
	same("no tables at first", tableNames(), []string{})
	m := meta("Shown", "a", PrimaryKeyType_STRING, "b", PrimaryKeyType_INTEGER, "c", PrimaryKeyType_BINARY)
	m.AddPrimaryKeyColumnOption("d", PrimaryKeyType_INTEGER, AUTO_INCREMENT)
	m.AddDefinedColumn("d_int", DefinedColumn_INTEGER)
	m.AddDefinedColumn("d_double", DefinedColumn_DOUBLE)
	m.AddDefinedColumn("d_bool", DefinedColumn_BOOLEAN)
	m.AddDefinedColumn("d_text", DefinedColumn_STRING)
	m.AddDefinedColumn("d_bytes", DefinedColumn_BINARY)
	request := createRequest(m, 7)
	request.TableOption.TimeToAlive = 86400
	request.TableOption.DeviationCellVersionInSec = 100000
	request.ReservedThroughput = &ReservedThroughput{Readcap: 2, Writecap: 3}
	_, err := client.CreateTable(request)
	must(err)
	must(create("_shown2", 1))
	same("the list of tables", tableNames(), []string{"Shown", "_shown2"})
	shown := describe("Shown")
	keys := []string{}
	for _, key := range shown.TableMeta.SchemaEntry {
		option := NONE
		if key.Option != nil {
			option = *key.Option
		}
		keys = append(keys, fmt.Sprint(*key.Name, *key.Type, option))
	}
	same("primary key", strings.Join(keys, ","), fmt.Sprint("a", PrimaryKeyType_STRING, NONE)+","+fmt.Sprint("b", PrimaryKeyType_INTEGER, NONE)+
		","+fmt.Sprint("c", PrimaryKeyType_BINARY, NONE)+","+fmt.Sprint("d", PrimaryKeyType_INTEGER, AUTO_INCREMENT))
	same("defined columns", shown.TableMeta.DefinedColumns, m.DefinedColumns)
	same("time to live", shown.TableOption.TimeToAlive, 86400)
	same("max versions", shown.TableOption.MaxVersion, 7)
	same("deviation", shown.TableOption.DeviationCellVersionInSec, int64(100000))
	same("updates are allowed unless said otherwise", *shown.TableOption.AllowUpdate, true)
	same("whole rows need not be updated", *shown.TableOption.UpdateFullRow, false)
	same("throughput", *shown.ReservedThroughput, ReservedThroughput{Readcap: 2, Writecap: 3})
	same("deviation by default", describe("_shown2").TableOption.DeviationCellVersionInSec, int64(86400))
}

func refuseTables() {
	refused("a name in use", create("Shown", 1), "OTSObjectAlreadyExist", 409, "Requested table already exists.")
	_, err := client.DescribeTable(&DescribeTableRequest{TableName: "missing"})
	refused("describe a missing one", err, "OTSObjectNotExist", 404, missingTable)
	_, err = client.DeleteTable(&DeleteTableRequest{TableName: "missing"})
	refused("delete a missing one", err, "OTSObjectNotExist", 404, missingTable)
	for _, name := range []string{"0", "#", "中文", "T#", "3t", "-", "t-1"} {
		refused("table name "+name, create(name, 1), invalid, 400, "Invalid table name: '"+name+"'.")
	}
	five := meta("t", "a", PrimaryKeyType_STRING, "b", PrimaryKeyType_STRING, "c", PrimaryKeyType_STRING, "d", PrimaryKeyType_STRING,
		"e", PrimaryKeyType_STRING)
	_, err = client.CreateTable(createRequest(five, 1))
	refused("five key columns", err, invalid, 400, "The number of primary key columns must be in range: [1, 4].")
	_, err = client.CreateTable(createRequest(meta("t", "a", PrimaryKeyType_STRING, "a", PrimaryKeyType_INTEGER), 1))
	refused("one name twice", err, invalid, 400, "Duplicated primary key name: 'a'.")
	bad := createRequest(meta("t", "a", PrimaryKeyType_STRING), 1)
	bad.TableOption.TimeToAlive = -2
	_, err = client.CreateTable(bad)
	refused("time to live -2", err, invalid, 400, "")
	_, err = client.CreateTable(createRequest(meta("t", "a", PrimaryKeyType_STRING), -1))
	refused("max versions -1", err, invalid, 400, "")
	first := &TableMeta{TableName: "t"}
	first.AddPrimaryKeyColumnOption("a", PrimaryKeyType_INTEGER, AUTO_INCREMENT)
	_, err = client.CreateTable(createRequest(first, 1))
	refused("auto-increment as partition key", err, invalid, 400, "")
	same("a refused table is not there", tableNames(), []string{"Shown", "_shown2"})
}

func updateTable() {
	must(create("Updated", 1))
	answer, err := client.UpdateTable(&UpdateTableRequest{TableName: "Updated", TableOption: NewTableOption(864000, 5)})
	must(err)
	same("answered options", []int{answer.TableOption.TimeToAlive, answer.TableOption.MaxVersion}, []int{864000, 5})
	shown := describe("Updated").TableOption
	same("shown options", []int{shown.TimeToAlive, shown.MaxVersion}, []int{864000, 5})
	_, err = client.UpdateTable(&UpdateTableRequest{TableName: "Shown", ReservedThroughput: &ReservedThroughput{Readcap: 5, Writecap: 6}})
	must(err)
	same("throughput updated", *describe("Shown").ReservedThroughput, ReservedThroughput{Readcap: 5, Writecap: 6})
	_, err = client.UpdateTable(&UpdateTableRequest{TableName: "missing", TableOption: NewTableOption(-1, 5)})
	refused("update a missing table", err, "OTSObjectNotExist", 404, missingTable)
}

func index(name string, key string, columns ...string) *IndexMeta {
	index := &IndexMeta{IndexName: name, IndexType: IT_GLOBAL_INDEX}
	index.AddPrimaryKeyColumn(key)
	for _, column := range columns {
		index.AddDefinedColumn(column)
	}
	return index
}

func definedMeta(name string) *TableMeta {
	m := meta(name, "part", PrimaryKeyType_STRING, "sub", PrimaryKeyType_INTEGER)
	m.AddDefinedColumn("d1", DefinedColumn_STRING)
	m.AddDefinedColumn("d2", DefinedColumn_INTEGER)
	return m
}

func indexNames(table string) []string {
	names := []string{}
	for _, one := range describe(table).IndexMetas {
		names = append(names, one.IndexName)
	}
	sort.Strings(names)
	return names
}

func indexes() {
	request := createRequest(definedMeta("Indexed"), 1)
	request.AddIndexMeta(index("by_d1", "d1", "d2"))
	_, err := client.CreateTable(request)
	must(err)
	shown := describe("Indexed").IndexMetas[0]
	same("index", []interface{}{shown.IndexName, shown.Primarykey[0], shown.DefinedColumns, shown.IndexType},
		[]interface{}{"by_d1", "d1", []string{"d2"}, IT_GLOBAL_INDEX})
	_, err = client.CreateIndex(&CreateIndexRequest{MainTableName: "Indexed", IndexMeta: index("by_d2", "d2", "d1")})
	must(err)
	same("a second index", indexNames("Indexed"), []string{"by_d1", "by_d2"})
	_, err = client.DeleteIndex(&DeleteIndexRequest{MainTableName: "Indexed", IndexName: "by_d1"})
	must(err)
	same("one index dropped", indexNames("Indexed"), []string{"by_d2"})
	_, err = client.DeleteIndex(&DeleteIndexRequest{MainTableName: "Indexed", IndexName: "by_d1"})
	refused("drop a missing index", err, "OTSObjectNotExist", 404, "")
	_, err = client.CreateIndex(&CreateIndexRequest{MainTableName: "Indexed", IndexMeta: index("by_other", "other")})
	refused("an index of an unknown column", err, invalid, 400, "")
	must(put("Indexed", key("a", 1), "d1", "x", "d2", 5, "free", true))
	same("a row of an indexed table", columns("Indexed", key("a", 1)), wanted("d1", "x", "d2", 5, "free", true))
	refused("a defined column of another type", put("Indexed", key("a", 2), "d2", "text"), invalid, 400, "")
}

func definedColumns() {
	_, err := client.CreateTable(createRequest(definedMeta("Defined"), 1))
	must(err)
	add := &AddDefinedColumnRequest{TableName: "Defined"}
	add.AddDefinedColumn("d3", DefinedColumn_DOUBLE)
	_, err = client.AddDefinedColumn(add)
	must(err)
	same("a defined column added", definedNames("Defined"), []string{"d1", "d2", "d3"})
	_, err = client.DeleteDefinedColumn(&DeleteDefinedColumnRequest{TableName: "Defined", DefinedColumns: []string{"d1"}})
	must(err)
	same("a defined column dropped", definedNames("Defined"), []string{"d2", "d3"})
}

func definedNames(table string) []string {
	names := []string{}
	for _, column := range describe(table).TableMeta.DefinedColumns {
		names = append(names, column.Name)
	}
	sort.Strings(names)
	return names
}

func splits() {
	must(create("Split", 1))
	value := strings.Repeat("v", 100000)
	for i := 0; i < 60; i++ {
		must(put("Split", key(fmt.Sprintf("k%03d", i), i), "v", value))
	}
	unit := int64(1024 * 1024)
	answer, err := client.ComputeSplitPointsBySize(&ComputeSplitPointsBySizeRequest{TableName: "Split", SplitSize: 1, SplitSizeUnitInByte: &unit})
	must(err)
	count := len(answer.Splits)
	same("6 MB in splits of 1 MB", count >= 4 && count <= 9, true)
	rows := 0
	for i, split := range answer.Splits {
		if i > 0 {
			same(fmt.Sprint("split ", i, " follows"), keyText(split.LowerBound), keyText(answer.Splits[i-1].UpperBound))
		}
		rows += len(scan(&RangeRowQueryCriteria{TableName: "Split", StartPrimaryKey: split.LowerBound, EndPrimaryKey: split.UpperBound}))
	}
	same("the splits have every row once", rows, 60)
	_, err = client.ComputeSplitPointsBySize(&ComputeSplitPointsBySizeRequest{TableName: "missing", SplitSize: 1})
	refused("splits of a missing table", err, "OTSObjectNotExist", 404, missingTable)
}

func deleteTables() {
	for _, name := range tableNames() {
		_, err := client.DeleteTable(&DeleteTableRequest{TableName: name})
		must(err)
	}
	same("all tables deleted", tableNames(), []string{})
}
