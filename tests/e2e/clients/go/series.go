// series: time series: tables, points in both encodings, the meta cache, what is known about series.

package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sort"
	"strings"
	"time"

	. "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/otsprotocol"
	flat "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore/timeseries/flatbuffer"
	"github.com/golang/protobuf/proto"
)

const seriesTable = "go_series"
const endOfTime = 4102444800000000

var series *TimeseriesClient
var lastPut []byte // the body of the last PutTimeseriesData

// listener: sees what is sent.
type listener struct{ http.RoundTripper }

func (l listener) RoundTrip(request *http.Request) (*http.Response, error) {
	if strings.HasSuffix(request.URL.Path, "/PutTimeseriesData") {
		lastPut, _ = io.ReadAll(request.Body)
		request.Body = io.NopCloser(bytes.NewReader(lastPut))
	}
	return l.RoundTripper.RoundTrip(request)
}

func checkSeries() {
	config := NewDefaultTableStoreConfig()
	config.RetryTimes, config.MaxRetryTime = 0, 0
	config.Transport = listener{http.DefaultTransport.(*http.Transport).Clone()}
	series = NewTimeseriesClientWithConfig(endpoint, instance, id, secret, "", config, nil)
	part("time-series tables", checkSeriesTables)
	for _, encoding := range []otsprotocol.RowsSerializeType{otsprotocol.RowsSerializeType_RST_FLAT_BUFFER, otsprotocol.RowsSerializeType_RST_PROTO_BUFFER} {
		RowsSerializeType = encoding
		part("points as "+encoding.String(), checkSeriesPoints)
		part("refused points as "+encoding.String(), checkSeriesRefused)
	}
	RowsSerializeType = otsprotocol.RowsSerializeType_RST_FLAT_BUFFER
	part("ranges and pages of points", checkSeriesPages)
	part("the meta cache", checkSeriesCache)
	part("series", checkSeriesMeta)
	part("attributes of series", checkSeriesAttributes)
	part("time-series tables go", func() {
		_, err := series.DeleteTimeseriesTable(NewDeleteTimeseriesTableRequest(seriesTable))
		must(err)
		same("no time-series tables at the end", seriesTables(), []string{})
	})
}

// ---- short forms ----

func seriesTables() []string {
	answer, err := series.ListTimeseriesTable()
	must(err)
	return answer.GetTimeseriesTableNames()
}

func createSeries(name string, seconds int64) error {
	meta := NewTimeseriesTableMeta(name)
	meta.SetTimeseriesTableOptions(NewTimeseriesTableOptions(seconds))
	request := NewCreateTimeseriesTableRequest()
	request.SetTimeseriesTableMeta(meta)
	request.SetEnableAnalyticalStore(false) // it is true unless said otherwise, and the emulator has none
	_, err := series.CreateTimeseriesTable(request)
	return err
}

// seriesKey: names and values of tags in turn.
func seriesKey(measurement, source string, tags ...string) *TimeseriesKey {
	key := NewTimeseriesKey()
	key.SetMeasurementName(measurement)
	key.SetDataSource(source)
	for i := 0; i < len(tags); i += 2 {
		key.AddTag(tags[i], tags[i+1])
	}
	return key
}

// point: names and values of fields in turn.
func point(key *TimeseriesKey, us int64, fields ...interface{}) *TimeseriesRow {
	row := NewTimeseriesRow(key)
	row.SetTimeInus(us)
	types := func(value interface{}) ColumnType {
		switch value.(type) {
		case string:
			return ColumnType_STRING
		case bool:
			return ColumnType_BOOLEAN
		case float64:
			return ColumnType_DOUBLE
		case []byte:
			return ColumnType_BINARY
		}
		return ColumnType_INTEGER
	}
	for i := 0; i < len(fields); i += 2 {
		row.AddField(fields[i].(string), NewColumnValue(types(fields[i+1]), fields[i+1]))
	}
	return row
}

func putSeries(rows ...*TimeseriesRow) []*FailedRowResult {
	request := NewPutTimeseriesDataRequest(seriesTable)
	request.AddTimeseriesRows(rows...)
	answer, err := series.PutTimeseriesData(request)
	must(err)
	return answer.GetFailedRowResults()
}

// pointText: everything in a point, with types.
func pointText(row *TimeseriesRow) string {
	fields := []string{}
	for name, value := range row.GetFieldsMap() {
		fields = append(fields, fmt.Sprintf("%s=%d %#v", name, value.Type, value.Value))
	}
	sort.Strings(fields)
	key := row.GetTimeseriesKey()
	return fmt.Sprint(key.GetMeasurementName(), " ", key.GetDataSource(), " ", key.GetTags(), " ", row.GetTimeInus(), " ", fields)
}

func pointTexts(rows []*TimeseriesRow) []string {
	texts := []string{}
	for _, row := range rows {
		texts = append(texts, pointText(row))
	}
	return texts
}

func seriesRequest(key *TimeseriesKey, from, to int64) *GetTimeseriesDataRequest {
	request := NewGetTimeseriesDataRequest(seriesTable)
	request.SetTimeseriesKey(key)
	request.SetTimeRange(from, to)
	return request
}

func readSeries(request *GetTimeseriesDataRequest) []*TimeseriesRow {
	answer, err := series.GetTimeseriesData(request)
	must(err)
	return answer.GetRows()
}

func times(rows []*TimeseriesRow) []int64 {
	times := []int64{}
	for _, row := range rows {
		times = append(times, row.GetTimeInus())
	}
	return times
}

// ---- checks ----

func checkSeriesTables() {
	same("no time-series tables at first", seriesTables(), []string{})
	must(createSeries(seriesTable, -1))
	must(createSeries("go_other", 86400))
	names := seriesTables()
	sort.Strings(names)
	same("the list of time-series tables", names, []string{"go_other", seriesTable})
	describe := func() int64 {
		answer, err := series.DescribeTimeseriesTable(NewDescribeTimeseriesTableRequset("go_other"))
		must(err)
		return answer.GetTimeseriesTableMeta().GetTimeseriesTableOPtions().GetTimeToLive()
	}
	same("time to live", describe(), int64(86400))
	update := NewUpdateTimeseriesTableRequest("go_other")
	update.SetTimeseriesTableOptions(NewTimeseriesTableOptions(172800))
	_, err := series.UpdateTimeseriesTable(update)
	must(err)
	same("another time to live", describe(), int64(172800))
	refused("made twice", createSeries(seriesTable, -1), "OTSObjectAlreadyExist", 409, "")
	refused("a bad name", createSeries("1a", -1), invalid, 400, "")
	_, err = series.DeleteTimeseriesTable(NewDeleteTimeseriesTableRequest("go_other"))
	must(err)
	_, err = series.DeleteTimeseriesTable(NewDeleteTimeseriesTableRequest("go_other"))
	refused("deleted twice", err, "OTSObjectNotExist", 404, "")
}

func checkSeriesPoints() {
	key := seriesKey("cpu", "host_0", "os", "linux", "region", RowsSerializeType.String())
	late := point(key, 1704164645678000, "f_int", int64(5), "f_dbl", 1.5, "f_bool", true, "f_str", "s", "f_bin", []byte{1, 2})
	early := point(key, 0, "i", int64(-1<<63), "j", int64(1<<63-1), "d", -2.5e-300, "n", false, "s", "", "t", "数据\"", "b", []byte{0})
	same("nothing failed", len(putSeries(late, early)), 0)
	same("all types come back, the earlier point first", pointTexts(readSeries(seriesRequest(key, 0, endOfTime))), pointTexts([]*TimeseriesRow{early, late}))
	putSeries(point(key, 0, "k", int64(1)))
	same("a point is rewritten whole", len(readSeries(seriesRequest(key, 0, 1))[0].GetFieldsMap()), 1)
	same("no other series has them", len(readSeries(seriesRequest(seriesKey("cpu", "host_0"), 0, endOfTime))), 0)
}

func checkSeriesRefused() {
	key := seriesKey("bad", "b", "how", RowsSerializeType.String())
	good := point(key, 1, "a", int64(1))
	for name, bad := range map[string]*TimeseriesRow{
		"a field with a digit in front": point(key, 2, "1a", int64(1)), // the SDK itself writes names in lower case
		"a measurement with a #":        point(seriesKey("a#b", ""), 2, "a", int64(1)),
		"a time before 1970":            point(key, -1, "a", int64(1)),
	} {
		failed := putSeries(good, bad)
		same(name+": one failed", len(failed), 1)
		same(name+": its place", failed[0].Index, int32(1))
		same(name+": its code", failed[0].ErrorCode, invalid)
	}
	same("only the good one is there", times(readSeries(seriesRequest(key, 0, endOfTime))), []int64{1})
	request := NewPutTimeseriesDataRequest("go_none")
	request.AddTimeseriesRows(good)
	_, err := series.PutTimeseriesData(request)
	refused("a put into no table", err, "OTSObjectNotExist", 404, "")
}

func checkSeriesPages() {
	key := seriesKey("range", "")
	for us := int64(10); us < 16; us++ {
		putSeries(point(key, us, "n", us, "m", "x"))
	}
	same("the beginning is in it, the end is not", times(readSeries(seriesRequest(key, 11, 14))), []int64{11, 12, 13})
	request := seriesRequest(key, 11, 14)
	request.SetBackward(true)
	same("backwards", times(readSeries(request)), []int64{13, 12, 11})
	request = seriesRequest(key, 0, endOfTime)
	request.SetLimit(4)
	read, sizes := []int64{}, []int{}
	for more := true; more; more = len(request.GetNextToken()) > 0 {
		answer, err := series.GetTimeseriesData(request)
		must(err)
		read, sizes = append(read, times(answer.GetRows())...), append(sizes, len(answer.GetRows()))
		request.SetNextToken(answer.GetNextToken())
	}
	same("pages of four", sizes, []int{4, 2})
	same("nothing twice, nothing lost", read, []int64{10, 11, 12, 13, 14, 15})
	request = seriesRequest(key, 10, 11)
	request.AddFieldToGet(&FieldToGet{Name: "m", Type: ColumnType_STRING})
	same("only this field", pointTexts(readSeries(request)), pointTexts([]*TimeseriesRow{point(key, 10, "m", "x")}))
}

// sentTime: meta_cache_update_time of the first row that was sent.
func sentTime() uint32 {
	request := new(otsprotocol.PutTimeseriesDataRequest)
	must(proto.Unmarshal(lastPut, request))
	group, row := new(flat.FlatBufferRowGroup), new(flat.FlatBufferRowInGroup)
	flat.GetRootAsFlatBufferRows(request.RowsData.RowsData, 0).RowGroups(group, 0)
	group.Rows(row, 0)
	return row.MetaCacheUpdateTime()
}

func checkSeriesCache() {
	key := seriesKey("cache", "c", "a", "b")
	before := uint32(time.Now().Unix())
	putSeries(point(key, 1, "n", int64(1)))
	same("a series that is not known has no time", sentTime(), uint32(0))
	putSeries(point(key, 2, "n", int64(2)))
	told := sentTime()
	checks++
	if told < before-1 || told > before+60 {
		fail("the second put carries the time of the first answer", told, before)
	}
	putSeries(point(key, 3, "n", int64(3)))
	same("the third carries the same", sentTime(), told)
}

func metaRequest(condition MetaQueryCondition) *QueryTimeseriesMetaRequest {
	request := NewQueryTimeseriesMetaRequest(seriesTable)
	if condition != nil {
		request.SetCondition(condition)
	}
	request.SetTotalHits(true)
	return request
}

// foundSeries: the data sources of the series found, in order.
func foundSeries(condition MetaQueryCondition) string {
	answer, err := series.QueryTimeseriesMeta(metaRequest(condition))
	must(err)
	sources := []string{}
	for _, meta := range answer.GetTimeseriesMetas() {
		sources = append(sources, meta.GetTimeseriesKey().GetDataSource())
	}
	sort.Strings(sources)
	same("total hits", answer.GetTotalHits(), int64(len(sources)))
	return strings.Join(sources, " ")
}

func hostKey(i int) *TimeseriesKey {
	return seriesKey([]string{"cpu", "mem"}[i/2], fmt.Sprint("h", i), "dc", fmt.Sprint("d", i%2), "host", fmt.Sprint("h", i))
}

func checkSeriesMeta() {
	_, err := series.DeleteTimeseriesTable(NewDeleteTimeseriesTableRequest(seriesTable))
	must(err)
	must(createSeries(seriesTable, -1))
	for i := 0; i < 4; i++ {
		putSeries(point(hostKey(i), 5, "n", int64(i)))
	}
	now := time.Now().UnixNano() / 1000
	cpu := NewMeasurementQueryCondition(OP_EQUAL, "cpu")
	odd := NewTagMetaQueryCondition(OP_EQUAL, "dc", "d1")
	for _, one := range []struct {
		condition MetaQueryCondition
		wanted    string
	}{
		{nil, "h0 h1 h2 h3"},
		{cpu, "h0 h1"},
		{NewMeasurementQueryCondition(OP_PREFIX, "m"), "h2 h3"},
		{NewDataSourceMetaQueryCondition(OP_GREATER_THAN, "h1"), "h2 h3"},
		{NewDataSourceMetaQueryCondition(OP_GREATER_EQUAL, "h1"), "h1 h2 h3"},
		{odd, "h1 h3"},
		{NewTagMetaQueryCondition(OP_LESS_THAN, "host", "h2"), "h0 h1"},
		{NewTagMetaQueryCondition(OP_LESS_EQUAL, "host", "h2"), "h0 h1 h2"},
		{NewTagMetaQueryCondition(OP_PREFIX, "zone", ""), ""},
		{NewUpdateTimeMetaQueryCondition(OP_LESS_THAN, now+60000000), "h0 h1 h2 h3"},
		{NewUpdateTimeMetaQueryCondition(OP_GREATER_THAN, now+60000000), ""},
		{NewAttributeMetaQueryCondition(OP_EQUAL, "owner", "me"), ""},
		{NewCompositeMetaQueryCondition(OP_AND, cpu, odd), "h1"},
		{NewCompositeMetaQueryCondition(OP_OR, cpu, odd), "h0 h1 h3"},
		{NewCompositeMetaQueryCondition(OP_NOT, cpu), "h2 h3"},
		{NewCompositeMetaQueryCondition(OP_AND, NewCompositeMetaQueryCondition(OP_NOT, odd), cpu), "h0"},
	} {
		same("series found", foundSeries(one.condition), one.wanted)
	}
	request := metaRequest(nil)
	request.SetLimit(3)
	first, err := series.QueryTimeseriesMeta(request)
	must(err)
	request.SetNextToken(first.GetNextToken())
	second, err := series.QueryTimeseriesMeta(request)
	must(err)
	same("pages of series", []int{len(first.GetTimeseriesMetas()), len(second.GetTimeseriesMetas()), len(second.GetNextToken())}, []int{3, 1, 0})
}

func checkSeriesAttributes() {
	meta := NewTimeseriesMeta(hostKey(0))
	meta.AddAttributes(map[string]string{"owner": "me", "a": "数据"})
	bad := NewTimeseriesMeta(seriesKey("a#b", ""))
	bad.AddAttribute("a", "b")
	request := NewUpdateTimeseriesMetaRequest(seriesTable)
	request.AddTimeseriesMetas(meta, bad)
	answer, err := series.UpdateTimeseriesMeta(request)
	must(err)
	same("one failed", len(answer.GetFailedRowResults()), 1)
	same("its place", answer.GetFailedRowResults()[0].Index, int32(1))
	found, err := series.QueryTimeseriesMeta(metaRequest(NewAttributeMetaQueryCondition(OP_EQUAL, "owner", "me")))
	must(err)
	same("a series with attributes", len(found.GetTimeseriesMetas()), 1)
	same("its attributes", found.GetTimeseriesMetas()[0].GetAttributes(), map[string]string{"owner": "me", "a": "数据"})
	same("its tags", found.GetTimeseriesMetas()[0].GetTimeseriesKey().GetTags(), hostKey(0).GetTags())
	gone := NewDeleteTimeseriesMetaRequest(seriesTable)
	gone.AddTimeseriesKeys(hostKey(0), seriesKey("no", "such"))
	deleted, err := series.DeleteTimeseriesMeta(gone)
	must(err)
	same("deleted, and what was not there", len(deleted.GetFailedRowResults()), 0)
	same("the others stay", foundSeries(nil), "h1 h2 h3")
	same("the points stay", times(readSeries(seriesRequest(hostKey(0), 0, endOfTime))), []int64{5})
}
