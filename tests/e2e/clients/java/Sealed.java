// Sealed: temporary credentials over TLS: the service wants a token, and its certificate is from an authority of its own.

import com.alicloud.openservices.tablestore.*;
import com.alicloud.openservices.tablestore.core.ResourceManager;
import com.alicloud.openservices.tablestore.core.auth.*;
import com.alicloud.openservices.tablestore.model.*;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.Collections;

final class Sealed {
    private static final String T = "Sealed";
    private static String token;

    /** Before anything else speaks TLS: the virtual machine reads its settings once. */
    static void trust(String authority, String token) throws Exception {
        Sealed.token = token;
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        try (java.io.InputStream pem = Files.newInputStream(Path.of(authority))) {
            store.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        Path file = Files.createTempFile("trust", ".p12");
        try (java.io.OutputStream out = Files.newOutputStream(file)) {
            store.store(out, "trusted".toCharArray());
        }
        file.toFile().deleteOnExit();
        System.setProperty("javax.net.ssl.trustStore", file.toString());
        System.setProperty("javax.net.ssl.trustStorePassword", "trusted");
    }

    static void run() {
        Checks.part("token", () -> use("V2", signed(new DefaultCredentials(Service.id, Service.secret, token), Service.instance)));
        Checks.part("token and V4", () -> use("V4", signed(V4Credentials.createByServiceCredentials(
                new DefaultCredentials(Service.id, Service.secret, token), "cn-hangzhou"), Service.instance)));
        Checks.part("refused tokens", Sealed::refuse);
        Checks.part("instances", Sealed::instances);
    }

    private static SyncClient signed(ServiceCredentials credentials, String instance) {
        return new SyncClient(Service.endpoint, new DefaultCredentialProvider(credentials), instance, Service.settings(), new ResourceManager(null, null));
    }

    private static void use(String name, SyncClient client) {
        Service.client = client;
        Service.create(T + name, 1);
        PrimaryKey key = Service.key("sealed", 1);
        String value = "0123456789abcdef".repeat(65536);
        Service.send(Service.put(T + name, key, "v", value, "n", 1));
        Checks.same(name + ": a row of 1 MB", Service.columns(T + name, key), Service.wanted("v", value, "n", 1));
        BatchWriteRowRequest batch = new BatchWriteRowRequest();
        for (int i = 0; i < 100; i++) batch.addRowChange(Service.put(T + name, Service.key("batch", i), "n", i));
        Checks.same(name + ": a batch", client.batchWriteRow(batch).isAllSucceed(), true);
        Checks.same(name + ": a range", Reads.range(T + name, Service.key("batch", 0), Service.key("batch", 100), Direction.FORWARD, 30).size(), 100);
        Checks.refused(name + ": an error", "OTSObjectNotExist", 404, "Requested table does not exist.", () -> Service.describe("missing"));
        client.shutdown();
    }

    private static void list(ServiceCredentials credentials) {
        SyncClient client = signed(credentials, Service.instance);
        try {
            client.listTable();
        } finally {
            client.shutdown();
        }
    }

    private static void refuse() {
        Checks.refused("no token", "OTSAuthFailed", 403, () -> list(new DefaultCredentials(Service.id, Service.secret)));
        Checks.refused("another token", "OTSAuthFailed", 403, () -> list(new DefaultCredentials(Service.id, Service.secret, token + "x")));
        Checks.refused("another secret", "OTSAuthFailed", 403, "Signature mismatch.", () -> list(new DefaultCredentials(Service.id, "guess", token)));
    }

    private static void instances() {
        Service.client = signed(new DefaultCredentials(Service.id, Service.secret, token), "other");
        Checks.same("another instance has tables of its own", Service.client.listTable().getTableNames(), Collections.emptyList());
        Service.create(T, 1);
        Checks.same("one of them", Service.client.listTable().getTableNames(), Arrays.asList(T));
        Service.client.shutdown();
        Service.client = signed(new DefaultCredentials(Service.id, Service.secret, token), Service.instance);
        Checks.same("which the first has not", Service.client.listTable().getTableNames().contains(T), false);
    }
}
