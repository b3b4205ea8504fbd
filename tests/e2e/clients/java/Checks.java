// Checks: counts comparisons. One that fails is named, and the rest goes on.

import com.alicloud.openservices.tablestore.TableStoreException;
import java.util.Arrays;
import java.util.Objects;

final class Checks {
    interface Step {
        void run() throws Exception;
    }

    static int count;
    static int failed;

    static void same(String name, Object got, Object wanted) {
        count++;
        if (!Objects.deepEquals(got, wanted)) fail(name, shown(got), shown(wanted));
    }

    static void holds(String name, boolean got) {
        same(name, got, true);
    }

    /** The step fails with the SDK's own exception, which has the service's code, status, request id and message. */
    static void refused(String name, String code, int status, Step step) {
        refused(name, code, status, null, step);
    }

    /** `status` 0: whichever; `message` null: any but an empty one. */
    static void refused(String name, String code, int status, String message, Step step) {
        count++;
        String wanted = code + " " + status + (message == null ? "" : " " + message);
        try {
            step.run();
            fail(name, "no failure", wanted);
        } catch (TableStoreException error) {
            String got = error.getErrorCode() + " " + (status == 0 ? 0 : error.getHttpStatus()) + (message == null ? "" : " " + error.getMessage());
            if (error.getRequestId() == null || error.getRequestId().isEmpty()) got += ", no request id";
            if (error.getMessage() == null || error.getMessage().isEmpty()) got += ", no message";
            if (!got.equals(wanted)) fail(name, message == null ? got + ": " + error.getMessage() : got, wanted);
        } catch (Exception error) {
            fail(name, error.toString(), wanted);
        }
    }

    /** A group of checks: what it throws is one failed check. */
    static void part(String name, Step step) {
        try {
            step.run();
        } catch (Throwable error) {
            count++;
            StackTraceElement place = Arrays.stream(error.getStackTrace())
                    .filter(one -> !one.getClassName().contains(".")).findFirst().orElse(null);
            fail(name, error + (place == null ? "" : " at " + place), "no exception");
        }
    }

    private static void fail(String name, String got, String wanted) {
        failed++;
        System.out.println("FAILED " + name + ": got " + got + ", wanted " + wanted);
    }

    private static String shown(Object value) {
        String text = value instanceof Object[] ? Arrays.deepToString((Object[]) value) : String.valueOf(value);
        return text.length() > 300 ? text.substring(0, 300) + "... (" + text.length() + ")" : text;
    }
}
