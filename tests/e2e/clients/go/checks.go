// checks: counts comparisons. One that fails is named, and the rest goes on.

package main

import (
	"fmt"
	"reflect"
	"runtime/debug"
	"strings"

	"github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

var checks, failures int

func fail(name string, got, wanted interface{}) {
	failures++
	fmt.Printf("FAILED %s: got %s, wanted %s\n", name, shown(got), shown(wanted))
}

func shown(value interface{}) string {
	text := fmt.Sprintf("%#v", value)
	if len(text) > 300 {
		return fmt.Sprintf("%s... (%d)", text[:300], len(text))
	}
	return text
}

func same(name string, got, wanted interface{}) {
	checks++
	if !reflect.DeepEqual(got, wanted) {
		fail(name, got, wanted)
	}
}

// refused: the error is the SDK's own, with the service's code, status, words and request id. message "": any but an empty one.
func refused(name string, err error, code string, status int, message string) {
	checks++
	own, is := err.(*tablestore.OtsError)
	if !is {
		fail(name, err, code)
		return
	}
	if own.Code != code || own.HttpStatusCode != status || own.Message == "" || own.RequestId == "" ||
		(message != "" && own.Message != message) {
		fail(name, *own, fmt.Sprint(code, status, message))
	}
}

// must: what was never expected to fail; ends its part.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// part: a group of checks. What it throws is one failed check.
func part(name string, run func()) {
	defer func() {
		if problem := recover(); problem != nil {
			checks++
			fail(name, fmt.Sprint(problem, " at ", place(string(debug.Stack()))), "no error")
		}
	}()
	run()
}

// place: the first line of our own below the panic.
func place(stack string) string {
	for _, line := range strings.Split(stack, "\n") {
		if strings.Contains(line, ".go:") && !strings.Contains(line, "checks.go") && !strings.Contains(line, "runtime/") &&
			!strings.Contains(line, "aliyun") {
			return strings.TrimSpace(line)
		}
	}
	return "?"
}
