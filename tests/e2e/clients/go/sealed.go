// sealed: temporary credentials over TLS: the service wants a token, and its certificate is from an authority of its own.

package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net/http"
	"os"
	"strings"

	. "github.com/aliyun/aliyun-tablestore-go-sdk/tablestore"
)

func connectSealed(secret, instance, token string, trusted *x509.CertPool) *TableStoreClient {
	config := NewDefaultTableStoreConfig()
	config.RetryTimes = 0
	config.MaxRetryTime = 0
	if trusted != nil {
		config.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}}
	}
	return NewClientWithConfig(endpoint, instance, id, secret, token, config)
}

func checkSealed(token, authority string) {
	trusted := x509.NewCertPool()
	pem, err := os.ReadFile(authority)
	must(err)
	same("the authority's certificate", trusted.AppendCertsFromPEM(pem), true)
	client = connectSealed(secret, instance, token, trusted)
	part("token", useSealed)
	part("refused tokens", func() {
		_, err := connectSealed(secret, instance, "", trusted).ListTable()
		refused("no token", err, "OTSAuthFailed", 403, "")
		_, err = connectSealed(secret, instance, token+"x", trusted).ListTable()
		refused("another token", err, "OTSAuthFailed", 403, "")
		_, err = connectSealed("guess", instance, token, trusted).ListTable()
		refused("another secret", err, "OTSAuthFailed", 403, "Signature mismatch.")
	})
	part("trust", func() {
		_, err := connectSealed(secret, instance, token, nil).ListTable()
		same("who does not trust the authority does not speak", fmt.Sprint(err != nil && strings.Contains(err.Error(), "x509")), "true")
	})
	part("instances", func() {
		client = connectSealed(secret, "other", token, trusted)
		same("another instance has tables of its own", tableNames(), []string{})
	})
}

func useSealed() {
	must(create("Sealed", 1))
	k, value := key("sealed", 1), strings.Repeat("0123456789abcdef", 65536)
	must(put("Sealed", k, "v", value, "n", 1))
	same("a row of 1 MB", columns("Sealed", k), wanted("v", value, "n", 1))
	request := &BatchWriteRowRequest{}
	for i := 0; i < 100; i++ {
		request.AddRowChange(putChange("Sealed", key("batch", i), "n", i))
	}
	_, err := client.BatchWriteRow(request)
	must(err)
	same("a range", len(scan(&RangeRowQueryCriteria{TableName: "Sealed", StartPrimaryKey: key("batch", lowest),
		EndPrimaryKey: key("batch", highest), Limit: 30})), 100)
	_, err = client.DescribeTable(&DescribeTableRequest{TableName: "missing"})
	refused("an error", err, "OTSObjectNotExist", 404, missingTable)
}
