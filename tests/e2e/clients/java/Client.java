// Client: the official Java SDK, unmodified, against the emulator: Client ENDPOINT ID SECRET INSTANCE.
// Every check that fails is printed; the last line is the count of checks. The exit code tells whether all passed.

public final class Client {
    public static void main(String[] arguments) throws Exception {
        Service.endpoint = arguments[0];
        Service.id = arguments[1];
        Service.secret = arguments[2];
        Service.instance = arguments[3];
        Service.client = Service.connect(Service.settings());
        Service.faults("");
        Tables.run();
        Types.run();
        Writes.run();
        Reads.run();
        Filters.run();
        Batches.run();
        Transactions.run();
        Limits.run();
        Doors.run();
        Service.client.shutdown();
        System.out.println(Checks.count);
        System.exit(Checks.failed == 0 ? 0 : 1);
    }
}
