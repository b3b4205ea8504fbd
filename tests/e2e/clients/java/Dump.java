// Dump: all points of a time-series table as lines of JSON on stdout, read by the official SDK in as many splits as threads:
//     Dump ENDPOINT ID SECRET INSTANCE TABLE [THREADS]
// A line has the members of an explain line: measurement, data_source, tags, time_us, fields; lines come in no order.
// The last thing said, on stderr, is the count of points.

import com.alicloud.openservices.tablestore.ClientException;
import com.alicloud.openservices.tablestore.TimeseriesClient;
import com.alicloud.openservices.tablestore.model.ColumnValue;
import com.alicloud.openservices.tablestore.model.timeseries.*;
import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

public final class Dump {
    private static final OutputStream OUT = new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 1 << 20);
    private static TimeseriesClient client;
    private static String table;

    public static void main(String[] arguments) {
        int code = 0;
        try {
            dump(arguments);
        } catch (Exception error) {
            error.printStackTrace();
            code = 1;
        }
        System.exit(code); // whatever threads the SDK has left
    }

    private static void dump(String[] arguments) throws Exception {
        client = new TimeseriesClient(arguments[0], arguments[1], arguments[2], arguments[3]);
        table = arguments[4];
        int threads = arguments.length > 5 ? Integer.parseInt(arguments[5]) : 2;
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        List<Callable<Long>> scans = new ArrayList<>();
        for (TimeseriesScanSplitInfo split : client.splitTimeseriesScanTask(new SplitTimeseriesScanTaskRequest(table, threads)).getSplitInfos())
            scans.add(() -> scan(split));
        long points = 0;
        for (Future<Long> scan : pool.invokeAll(scans)) points += scan.get();
        OUT.flush();
        System.err.println(points);
    }

    private static long scan(TimeseriesScanSplitInfo split) throws IOException {
        ScanTimeseriesDataRequest request = new ScanTimeseriesDataRequest(table);
        StringBuilder lines = new StringBuilder();
        long points = 0;
        request.setSplitInfo(split);
        do {
            ScanTimeseriesDataResponse answer = page(request, 10);
            lines.setLength(0);
            for (TimeseriesRow row : answer.getRows()) put(lines, row);
            synchronized (OUT) {
                OUT.write(lines.toString().getBytes(StandardCharsets.UTF_8));
            }
            points += answer.getRows().size();
            request.setNextToken(answer.getNextToken());
        } while (request.getNextToken() != null);
        return points;
    }

    /** The SDK's HTTP client now and then fails with "Connection closed" by itself, see Service.faults(): a page may be asked for again. */
    private static ScanTimeseriesDataResponse page(ScanTimeseriesDataRequest request, int tries) {
        try {
            return client.scanTimeseriesData(request);
        } catch (ClientException error) {
            if (tries == 1) throw error;
            return page(request, tries - 1);
        }
    }

    private static void put(StringBuilder to, TimeseriesRow row) {
        TimeseriesKey key = row.getTimeseriesKey();
        text(to.append("{\"measurement\":"), key.getMeasurementName());
        text(to.append(",\"data_source\":"), key.getDataSource());
        to.append(",\"tags\":[");
        String comma = "";
        for (Map.Entry<String, String> tag : key.getTags().entrySet()) {
            text(to.append(comma).append('['), tag.getKey());
            text(to.append(','), tag.getValue()).append(']');
            comma = ",";
        }
        to.append("],\"time_us\":").append(row.getTimeInUs()).append(",\"fields\":[");
        comma = "";
        for (Map.Entry<String, ColumnValue> field : row.getFields().entrySet()) {
            text(to.append(comma).append('['), field.getKey()).append(',');
            value(to, field.getValue()).append(']');
            comma = ",";
        }
        to.append("]}\n");
    }

    /** Type and value. */
    private static StringBuilder value(StringBuilder to, ColumnValue value) {
        switch (value.getType()) {
            case INTEGER: return to.append("\"integer\",").append(value.asLong());
            case DOUBLE: return to.append("\"double\",").append(value.asDouble());
            case BOOLEAN: return to.append("\"boolean\",").append(value.asBoolean());
            case BINARY: return to.append("\"binary\",\"").append(Base64.getEncoder().encodeToString(value.asBinary())).append('"');
            default: return text(to.append("\"string\","), value.asString());
        }
    }

    private static StringBuilder text(StringBuilder to, String text) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') to.append('\\').append(c);
            else if (c < ' ') to.append(String.format("\\u%04x", (int) c));
            else to.append(c);
        }
        return to.append('"');
    }
}
