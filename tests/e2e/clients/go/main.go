// main: the official Go SDK, unmodified, against the emulator: client ENDPOINT ID SECRET INSTANCE
// [TOKEN AUTHORITY]. With a token, and the certificate of who vouches for the service: what there is to check of that.
// Every check that fails is printed; the last line is the count of checks. The exit code tells whether all passed.

package main

import (
	"fmt"
	"os"
)

func main() {
	endpoint, id, secret, instance = os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	if len(os.Args) > 5 {
		checkSealed(os.Args[5], os.Args[6])
	} else {
		client = connect(id, secret, instance, false)
		checkTables()
		checkRows()
		checkReads()
		checkBatches()
		checkTransactions()
		checkSeries()
		checkDoors()
	}
	fmt.Println(checks)
	if failures > 0 {
		os.Exit(1)
	}
}
