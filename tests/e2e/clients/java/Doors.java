// Doors: who is let in, what is said when not, compression, and what the SDK does when the service is busy.

import com.alicloud.openservices.tablestore.*;
import com.alicloud.openservices.tablestore.core.*;
import com.alicloud.openservices.tablestore.core.auth.*;
import com.alicloud.openservices.tablestore.model.*;

final class Doors {
    private static final String T = "Doors";

    static void run() {
        Checks.part("doors table", () -> Service.create(T, 1));
        Checks.part("credentials", Doors::credentials);
        Checks.part("signature V4", Doors::signatureV4);
        Checks.part("compression", Doors::compression);
        Checks.part("unknown operation", Doors::unknown);
        Checks.part("a busy service", Doors::busy);
        Checks.part("busy rows", Doors::busyRows);
        Checks.part("a token bucket", Doors::bucket);
        Checks.part("broken answers", Doors::broken);
        Checks.part("credentials that end", Doors::ending);
        Checks.part("asynchronous calls", Doors::asynchronous);
    }

    private static void withClient(SyncClient client, java.util.function.Consumer<SyncClient> use) {
        try {
            use.accept(client);
        } finally {
            client.shutdown();
        }
    }

    private static void listAs(String id, String secret, String instance) {
        withClient(new SyncClient(Service.endpoint, id, secret, instance, Service.settings()), SyncClient::listTable);
    }

    private static void credentials() {
        Checks.refused("an unknown key id", "OTSAuthFailed", 403, "The AccessKeyID does not exist.",
                () -> listAs("nobody", Service.secret, Service.instance));
        Checks.refused("a wrong secret", "OTSAuthFailed", 403, "Signature mismatch.", () -> listAs(Service.id, "guess", Service.instance));
        Checks.refused("an unknown instance", "OTSAuthFailed", 403, () -> listAs(Service.id, Service.secret, "elsewhere"));
    }

    private static SyncClient signed(ServiceCredentials credentials) {
        return new SyncClient(Service.endpoint, new DefaultCredentialProvider(credentials), Service.instance, Service.settings(),
                new ResourceManager(null, null));
    }

    private static void signatureV4() {
        ServiceCredentials plain = new DefaultCredentials(Service.id, Service.secret);
        withClient(signed(V4Credentials.createByServiceCredentials(plain, "cn-hangzhou")), client -> {
            PrimaryKey key = Service.key("v4", 1);
            client.putRow(new PutRowRequest(Service.put(T, key, "v", "signed")));
            Checks.same("V4: a row written and read", Service.columns(client.getRow(new GetRowRequest(Service.criteria(T, key))).getRow()),
                    Service.wanted("v", "signed"));
            Checks.refused("V4: an error", "OTSObjectNotExist", 404, "Requested table does not exist.",
                    () -> client.describeTable(new DescribeTableRequest("missing")));
        });
        ServiceCredentials wrong = new DefaultCredentials(Service.id, "guess");
        Checks.refused("V4: a wrong secret", "OTSAuthFailed", 403, "Signature mismatch.", () -> withClient(
                signed(V4Credentials.createByServiceCredentials(wrong, "cn-hangzhou")), SyncClient::listTable));
    }

    private static void compression() {
        ClientConfiguration settings = Service.settings();
        settings.setEnableRequestCompression(true);
        settings.setEnableResponseCompression(true);
        withClient(Service.connect(settings), client -> {
            PrimaryKey key = Service.key("deflate", 1);
            String value = "compress me ".repeat(50_000);
            client.putRow(new PutRowRequest(Service.put(T, key, "v", value)));
            Checks.same("deflate: a row written", Service.columns(T, key), Service.wanted("v", value));
            Checks.same("deflate: a row read", Service.columns(client.getRow(new GetRowRequest(Service.criteria(T, key))).getRow()),
                    Service.wanted("v", value));
            BulkImportRequest request = new BulkImportRequest(T);
            for (int i = 0; i < 200; i++) request.addRowChange(Service.put(T, Service.key("import", i), "v", "value " + i));
            Checks.same("deflate: an import", client.bulkImport(request).isAllSucceed(), true);
            Checks.same("deflate: a short answer", client.listTable().getTableNames().contains(T), true);
            Checks.refused("deflate: an error", "OTSObjectNotExist", 404, "Requested table does not exist.",
                    () -> client.describeTable(new DescribeTableRequest("missing")));
        });
    }

    private static void unknown() {
        Checks.refused("an operation that is not there", "OTSParameterInvalid", 400,
                () -> Service.client.listStream(new ListStreamRequest(T)));
    }

    private static ClientConfiguration patient() {
        ClientConfiguration settings = Service.settings();
        settings.setRetryStrategy(new DefaultRetryStrategy());
        return settings;
    }

    private static void busy() throws Exception {
        PrimaryKey key = Service.key("busy", 1);
        Service.faults("{\"action\": \"error\", \"operation\": \"PutRow\", \"code\": \"OTSServerBusy\", \"count\": 1}");
        Checks.refused("busy, without retries", "OTSServerBusy", 503, "Server is busy.", () -> Service.send(Service.put(T, key, "v", 1)));
        Service.faults("{\"action\": \"error\", \"operation\": \"PutRow\", \"code\": \"OTSNotEnoughCapacityUnit\", \"count\": 3}");
        withClient(Service.connect(patient()), client -> client.putRow(new PutRowRequest(Service.put(T, key, "v", 2))));
        Checks.same("throttled three times, then written", Service.columns(T, key), Service.wanted("v", 2));
        Service.faults("{\"action\": \"error\", \"operation\": \"PutRow\", \"code\": \"OTSTimeout\", \"count\": 1}");
        Checks.refused("a write that timed out is not repeated", "OTSTimeout", 503, "Operation timeout.",
                () -> withClient(Service.connect(patient()), client -> client.putRow(new PutRowRequest(Service.put(T, key, "v", 3)))));
        Service.faults("{\"action\": \"error\", \"operation\": \"GetRow\", \"code\": \"OTSTimeout\", \"count\": 2}");
        withClient(Service.connect(patient()), client -> Checks.same("a read that timed out is repeated",
                Service.columns(client.getRow(new GetRowRequest(Service.criteria(T, key))).getRow()), Service.wanted("v", 2)));
        Service.faults("{\"action\": \"error\", \"operation\": \"GetRow\", \"status\": 502, \"body\": \"<html>bad gateway</html>\", \"count\": 2}");
        withClient(Service.connect(patient()), client -> Checks.same("a body that is not protobuf, then the row",
                Service.columns(client.getRow(new GetRowRequest(Service.criteria(T, key))).getRow()), Service.wanted("v", 2)));
        Service.faults("{\"action\": \"cut_before\", \"operation\": \"GetRow\", \"count\": 1}");
        withClient(Service.connect(patient()), client -> Checks.same("a connection cut, then the row",
                Service.columns(client.getRow(new GetRowRequest(Service.criteria(T, key))).getRow()), Service.wanted("v", 2)));
        Service.faults("");
    }

    private static BulkImportRequest import20(String p) {
        BulkImportRequest request = new BulkImportRequest(T);
        for (int i = 0; i < 20; i++) request.addRowChange(Service.put(T, Service.key(p, i), "v", i));
        return request;
    }

    private static void busyRows() throws Exception {
        String rule = "{\"action\": \"row_error\", \"operation\": \"%s\", \"code\": \"OTSServerBusy\", \"count\": 5}";
        Service.faults(String.format(rule, "BulkImport"));
        BulkImportResponse some = Service.client.bulkImport(import20("some"));
        Checks.same("five rows busy", some.getFailedRows().size() + " " + some.getSucceedRows().size(), "5 15");
        Checks.same("and why", some.getFailedRows().get(0).getError().getCode() + ": " + some.getFailedRows().get(0).getError().getMessage(),
                "OTSServerBusy: Server is busy.");
        Service.faults(String.format(rule, "BulkImport"));
        withClient(Service.connect(patient()), client -> Checks.same("busy rows are sent again", client.bulkImport(import20("all")).isAllSucceed(), true));
        Checks.same("and are there", Reads.range(T, Service.key("all", 0), Service.key("all", 20), Direction.FORWARD, 0).size(), 20);
        Service.faults(String.format(rule, "BatchWriteRow"));
        BatchWriteRowRequest batch = new BatchWriteRowRequest();
        for (int i = 0; i < 20; i++) batch.addRowChange(Service.put(T, Service.key("batch", i), "v", i));
        withClient(Service.connect(patient()), client -> Checks.same("in BatchWriteRow too", client.batchWriteRow(batch).isAllSucceed(), true));
        Service.faults(String.format(rule, "BatchWriteRow").replace("OTSServerBusy", "OTSConditionCheckFail"));
        withClient(Service.connect(patient()), client -> Checks.same("what is no weather is not sent again",
                client.batchWriteRow(batch).getFailedRows().size(), 5));
        Service.faults("");
    }

    private static void bucket() throws Exception {
        Service.faults("{\"action\": \"throttle\", \"table\": \"Doors\", \"write_rate\": 100, \"write_burst\": 10}");
        BulkImportResponse some = Service.client.bulkImport(import20("bucket"));
        Checks.holds("a bucket of ten: failed " + some.getFailedRows().size(), some.getFailedRows().size() >= 5 && some.getFailedRows().size() <= 10);
        Checks.same("and why", some.getFailedRows().get(0).getError().getCode(), "OTSNotEnoughCapacityUnit");
        withClient(Service.connect(patient()), client -> Checks.same("patience fills it", client.bulkImport(import20("bucket")).isAllSucceed(), true));
        Service.faults("");
    }

    private static void broken() throws Exception {
        PrimaryKey key = Service.key("broken", 1);
        Service.send(Service.put(T, key, "v", "whole"));
        for (String action : new String[] {"wrong_digest", "wrong_signature", "no_request_id", "half_answer", "wrong_length", "cut_after"}) {
            String rule = "{\"action\": \"" + action + "\", \"operation\": \"GetRow\", \"count\": 1}";
            Service.faults(rule);
            String got = "no failure";
            try {
                Service.read(T, key);
            } catch (ClientException | TableStoreException error) {
                got = error.getClass().getSimpleName();
            }
            Checks.same(action + ": the SDK does not take it for an answer", got, "ClientException");
            Service.faults(rule);
            withClient(Service.connect(patient()), client -> Checks.same(action + ": and asks again",
                    Service.columns(client.getRow(new GetRowRequest(Service.criteria(T, key))).getRow()), Service.wanted("v", "whole")));
        }
        Service.faults("{\"action\": \"drip\", \"operation\": \"GetRow\", \"bytes\": 16, \"ms\": 1, \"count\": 1}");
        Checks.same("drip: slow, but whole", Service.columns(T, key), Service.wanted("v", "whole"));
        Service.faults("");
    }

    private static void ending() throws Exception {
        Service.faults("{\"action\": \"refuse_credentials\"}");
        Checks.refused("credentials refused from now on", "OTSAuthFailed", 403, () -> Service.client.listTable());
        Service.faults("");
        Checks.same("and taken again", Service.client.listTable().getTableNames().contains(T), true);
    }

    private static void asynchronous() throws Exception {
        AsyncClient client = new AsyncClient(Service.endpoint, Service.id, Service.secret, Service.instance, Service.settings());
        try {
            java.util.List<java.util.concurrent.Future<PutRowResponse>> calls = new java.util.ArrayList<>();
            for (int i = 0; i < 100; i++) calls.add(client.putRow(new PutRowRequest(Service.put(T, Service.key("async", i), "v", i)), null));
            for (java.util.concurrent.Future<PutRowResponse> call : calls) call.get();
        } finally {
            client.shutdown();
        }
        Checks.same("a hundred calls at once", Reads.range(T, Service.key("async", 0), Service.key("async", 100), Direction.FORWARD, 0).size(), 100);
    }
}
