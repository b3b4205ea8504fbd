// doors: who is let in, what is said when not, and what the SDK does when the service is busy.

package main

import (
	"sync"
	"sync/atomic"
	"time"

	. "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func checkDoors() {
	part("doors table", func() { must(create("Doors", 1)) })
	part("credentials", credentials)
	part("unknown operation", unknownOperation)
	part("a busy service", busy)
	part("busy rows", busyRows)
	part("broken answers", broken)
	part("many at once", atOnce)
}

func credentials() {
	_, err := connect("nobody", secret, instance, false).ListTable()
	refused("an unknown key id", err, "OTSAuthFailed", 403, "The AccessKeyID does not exist.")
	_, err = connect(id, "guess", instance, false).ListTable()
	refused("a wrong secret", err, "OTSAuthFailed", 403, "Signature mismatch.")
	_, err = connect(id, secret, "elsewhere", false).ListTable()
	refused("an unknown instance", err, "OTSAuthFailed", 403, "")
}

func unknownOperation() {
	table := "Doors"
	_, err := client.ListStream(&ListStreamRequest{TableName: &table})
	refused("an operation that is not there", err, invalid, 400, "")
}

// patient: retries as the SDK does by default; counts its retries.
func patient(retries *int32) *TableStoreClient {
	patient := connect(id, secret, instance, true)
	patient.SetRetryNotify(func(traceId, requestId string, err error, action string, pause time.Duration) {
		atomic.AddInt32(retries, 1)
	})
	return patient
}

func busy() {
	k := key("busy", 1)
	faults(`{"action": "error", "operation": "PutRow", "code": "OTSServerBusy", "count": 1}`)
	refused("busy, without retries", put("Doors", k, "v", 1), "OTSServerBusy", 503, "Server is busy.")
	retries := int32(0)
	faults(`{"action": "error", "operation": "PutRow", "code": "OTSServerBusy", "count": 3}`)
	_, err := patient(&retries).PutRow(&PutRowRequest{PutRowChange: putChange("Doors", k, "v", 2)})
	must(err)
	same("throttled three times", retries, int32(3))
	same("then written", columns("Doors", k), wanted("v", 2))
	retries = 0
	faults(`{"action": "error", "operation": "PutRow", "code": "OTSTimeout", "count": 1}`)
	_, err = patient(&retries).PutRow(&PutRowRequest{PutRowChange: putChange("Doors", k, "v", 3)})
	refused("a write that timed out is not repeated", err, "OTSTimeout", 503, "Operation timeout.")
	faults(`{"action": "error", "operation": "GetRow", "code": "OTSTimeout", "count": 2}`)
	retries = 0
	answer, err := patient(&retries).GetRow(&GetRowRequest{SingleRowQueryCriteria: criteria("Doors", k)})
	must(err)
	same("a read that timed out is repeated", retries, int32(2))
	same("and answers", columnTexts(answer.Columns), wanted("v", 2))
	faults(`{"action": "error", "operation": "GetRow", "status": 502, "body": "<html>bad gateway</html>", "count": 1}`)
	_, err = read(criteria("Doors", k))
	refused("a body that is not protobuf", err, "OTSServerUnavailable", 502, "")
	faults("")
}

func busyRows() {
	faults(`{"action": "row_error", "operation": "BatchWriteRow", "code": "OTSServerBusy", "count": 5}`)
	request := &BatchWriteRowRequest{}
	for i := 0; i < 20; i++ {
		request.AddRowChange(putChange("Doors", key("rows", i), "v", i))
	}
	answer, err := client.BatchWriteRow(request)
	must(err)
	busy := 0
	for _, row := range answer.TableToRowsResult["Doors"] {
		if !row.IsSucceed && row.Error.Code == "OTSServerBusy" && row.Error.Message == "Server is busy." {
			busy++
		}
	}
	same("five rows busy", busy, 5)
	faults(`{"action": "row_error", "operation": "BatchWriteRow", "code": "OTSServerBusy", "count": 5}`)
	retries := int32(0)
	answer, err = patient(&retries).BatchWriteRow(request)
	must(err)
	failed := 0
	for _, row := range answer.TableToRowsResult["Doors"] {
		if !row.IsSucceed {
			failed++
		}
	}
	same("busy rows are sent again", failed, 0)
	same("and are there", len(scan(&RangeRowQueryCriteria{TableName: "Doors", StartPrimaryKey: key("rows", lowest),
		EndPrimaryKey: key("rows", highest)})), 20)
	faults("")
}

func broken() {
	k := key("broken", 1)
	must(put("Doors", k, "v", "whole"))
	for _, action := range []string{"half_answer", "wrong_length", "cut_before", "cut_after"} {
		rule := `{"action": "` + action + `", "operation": "GetRow", "count": 1}`
		faults(rule)
		_, err := read(criteria("Doors", k))
		_, own := err.(*OtsError)
		same(action+": an error, and not the service's", []bool{err != nil, own}, []bool{true, false})
		same(action+": the next one is whole", columns("Doors", k), wanted("v", "whole"))
	}
	faults(`{"action": "drip", "operation": "GetRow", "bytes": 16, "ms": 1, "count": 1}`)
	same("drip: slow, but whole", columns("Doors", k), wanted("v", "whole"))
	faults(`{"action": "refuse_credentials"}`)
	_, err := client.ListTable()
	refused("credentials refused from now on", err, "OTSAuthFailed", 403, "")
	faults("")
	_, err = client.ListTable()
	must(err)
}

func atOnce() {
	var wait sync.WaitGroup
	var failed int32
	for i := 0; i < 50; i++ {
		wait.Add(1)
		go func(i int) {
			defer wait.Done()
			if put("Doors", key("at once", i), "v", i) != nil {
				atomic.AddInt32(&failed, 1)
			}
		}(i)
	}
	wait.Wait()
	same("fifty calls at once", failed, int32(0))
	same("fifty rows", len(scan(&RangeRowQueryCriteria{TableName: "Doors", StartPrimaryKey: key("at once", lowest),
		EndPrimaryKey: key("at once", highest)})), 50)
}
