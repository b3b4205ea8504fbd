// Client: the official Java SDK, unmodified, against the emulator: Client ENDPOINT ID SECRET INSTANCE [TOKEN AUTHORITY].
// With a token, and the certificate of who vouches for the service: what there is to check of that.
// Every check that fails is printed; the last line is the count of checks. The exit code tells whether all passed.

public final class Client {
    public static void main(String[] arguments) throws Exception {
        Service.endpoint = arguments[0];
        Service.id = arguments[1];
        Service.secret = arguments[2];
        Service.instance = arguments[3];
        if (arguments.length > 4) {
            Sealed.trust(arguments[5], arguments[4]);
            Service.faults("");
            Sealed.run();
        } else {
            Service.faults("");
            everything();
        }
        Service.client.shutdown();
        System.out.println(Checks.count);
        System.exit(Checks.failed == 0 ? 0 : 1);
    }

    private static void everything() {
        Service.client = Service.connect(Service.settings());
        Tables.run();
        Types.run();
        Writes.run();
        Reads.run();
        Filters.run();
        Batches.run();
        Transactions.run();
        Series.run();
        Limits.run();
        Doors.run();
    }
}
