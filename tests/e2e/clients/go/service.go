// service: the emulator that the checks talk to, and the short forms they are written in.

package main

import (
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"

	. "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

var endpoint, id, secret, instance string
var client *TableStoreClient

const missingTable = "Requested table does not exist."
const conditionFailed = "OTSConditionCheckFail"
const invalid = "OTSParameterInvalid"

// connect: with no retries unless asked for: what the service refuses is not asked again.
func connect(id, secret, instance string, retry bool) *TableStoreClient {
	config := NewDefaultTableStoreConfig()
	if !retry {
		config.RetryTimes = 0
		config.MaxRetryTime = 0
	}
	return NewClientWithConfig(endpoint, instance, id, secret, "", config)
}

// ---- tables ----

func meta(name string, keys ...interface{}) *TableMeta {
	meta := &TableMeta{TableName: name}
	for i := 0; i < len(keys); i += 2 {
		meta.AddPrimaryKeyColumn(keys[i].(string), keys[i+1].(PrimaryKeyType))
	}
	return meta
}

func createRequest(meta *TableMeta, maxVersions int) *CreateTableRequest {
	return &CreateTableRequest{TableMeta: meta, TableOption: NewTableOption(-1, maxVersions), ReservedThroughput: &ReservedThroughput{}}
}

// create: a table with the key (part STRING, sub INTEGER).
func create(name string, maxVersions int) error {
	_, err := client.CreateTable(createRequest(meta(name, "part", PrimaryKeyType_STRING, "sub", PrimaryKeyType_INTEGER), maxVersions))
	return err
}

func describe(name string) *DescribeTableResponse {
	answer, err := client.DescribeTable(&DescribeTableRequest{TableName: name})
	must(err)
	return answer
}

// ---- keys and values ----

type bound int

const (
	lowest bound = iota
	highest
	chosen // by the service
)

// keyOf: names and values in turn.
func keyOf(columns ...interface{}) *PrimaryKey {
	key := &PrimaryKey{}
	for i := 0; i < len(columns); i += 2 {
		name := columns[i].(string)
		switch value := columns[i+1].(type) {
		case bound:
			switch value {
			case lowest:
				key.AddPrimaryKeyColumnWithMinValue(name)
			case highest:
				key.AddPrimaryKeyColumnWithMaxValue(name)
			default:
				key.AddPrimaryKeyColumnWithAutoIncrement(name)
			}
		case int:
			key.AddPrimaryKeyColumn(name, int64(value))
		default:
			key.AddPrimaryKeyColumn(name, value)
		}
	}
	return key
}

func key(part, sub interface{}) *PrimaryKey {
	return keyOf("part", part, "sub", sub)
}

// text: a value with its type, so that 1, 1.0, true and "1" differ; doubles by their bits.
func text(value interface{}) string {
	switch value := value.(type) {
	case int:
		return fmt.Sprintf("int64 %d", value)
	case float64:
		return fmt.Sprintf("float64 %x", math.Float64bits(value))
	default:
		return fmt.Sprintf("%T %v", value, value)
	}
}

func keyText(key *PrimaryKey) string {
	if key == nil {
		return "none"
	}
	columns := []string{}
	for _, column := range key.PrimaryKeys {
		columns = append(columns, column.ColumnName+"="+text(column.Value))
	}
	return strings.Join(columns, " ")
}

// wanted: what columns() answers for a row of these names and values.
func wanted(columns ...interface{}) map[string]string {
	all := map[string]string{}
	for i := 0; i < len(columns); i += 2 {
		all[columns[i].(string)] = text(columns[i+1])
	}
	return all
}

func columnTexts(columns []*AttributeColumn) map[string]string {
	all := map[string]string{}
	for _, column := range columns {
		all[column.ColumnName] = text(column.Value)
	}
	return all
}

// ---- rows ----

func wide(value interface{}) interface{} {
	if value, is := value.(int); is {
		return int64(value)
	}
	return value
}

// putChange: names and values in turn.
func putChange(table string, key *PrimaryKey, columns ...interface{}) *PutRowChange {
	change := &PutRowChange{TableName: table, PrimaryKey: key}
	for i := 0; i < len(columns); i += 2 {
		change.AddColumn(columns[i].(string), wide(columns[i+1]))
	}
	change.SetCondition(RowExistenceExpectation_IGNORE)
	return change
}

func updateChange(table string, key *PrimaryKey, columns ...interface{}) *UpdateRowChange {
	change := &UpdateRowChange{TableName: table, PrimaryKey: key}
	for i := 0; i < len(columns); i += 2 {
		change.PutColumn(columns[i].(string), wide(columns[i+1]))
	}
	change.SetCondition(RowExistenceExpectation_IGNORE)
	return change
}

func deleteChange(table string, key *PrimaryKey) *DeleteRowChange {
	change := &DeleteRowChange{TableName: table, PrimaryKey: key}
	change.SetCondition(RowExistenceExpectation_IGNORE)
	return change
}

func put(table string, key *PrimaryKey, columns ...interface{}) error {
	_, err := client.PutRow(&PutRowRequest{PutRowChange: putChange(table, key, columns...)})
	return err
}

func update(change *UpdateRowChange) error {
	_, err := client.UpdateRow(&UpdateRowRequest{UpdateRowChange: change})
	return err
}

func remove(table string, key *PrimaryKey) error {
	_, err := client.DeleteRow(&DeleteRowRequest{DeleteRowChange: deleteChange(table, key)})
	return err
}

func criteria(table string, key *PrimaryKey) *SingleRowQueryCriteria {
	return &SingleRowQueryCriteria{TableName: table, PrimaryKey: key, MaxVersion: 1}
}

func read(criteria *SingleRowQueryCriteria) (*GetRowResponse, error) {
	return client.GetRow(&GetRowRequest{SingleRowQueryCriteria: criteria})
}

// columns: name to typed text; nil without a row.
func columnsOf(criteria *SingleRowQueryCriteria) map[string]string {
	answer, err := read(criteria)
	must(err)
	if len(answer.PrimaryKey.PrimaryKeys) == 0 {
		return nil
	}
	return columnTexts(answer.Columns)
}

func columns(table string, key *PrimaryKey) map[string]string {
	return columnsOf(criteria(table, key))
}

var none map[string]string

// ---- the control path ----

func faults(rules string) {
	answer, err := http.Post(endpoint+"/_control/faults", "application/json", strings.NewReader(`{"rules": [`+rules+`]}`))
	must(err)
	body, err := io.ReadAll(answer.Body)
	must(err)
	answer.Body.Close()
	if answer.StatusCode != 200 {
		panic(string(body))
	}
}
