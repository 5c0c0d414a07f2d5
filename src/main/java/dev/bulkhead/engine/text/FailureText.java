package dev.bulkhead.engine.text;

import java.util.ArrayList;
import java.util.List;

/**
 * What a failure says for logs and bug reports. Messages of Java and of libraries may quote what they could not read, such
 * as the value of an environment variable, so only those of exceptions that Bulkhead's own code created are shown; of the
 * others, their class and where they came from.
 */
public final class FailureText {
    /** Causes that are shown at most; the innermost ones matter least when there are more. */
    private static final int MOST_CAUSES = 8;

    private static final int LONGEST_MESSAGE = 2_000;
    private static final String OWN_CODE = "dev.bulkhead.";

    private FailureText() {}

    /** The failure and its causes with their stack traces; the first line begins with the failure's class. */
    public static List<String> stackTrace(Throwable failure) {
        List<String> lines = new ArrayList<>();
        Throwable current = failure;
        for (int i = 0; current != null && i < MOST_CAUSES; i++) {
            lines.add((i == 0 ? "" : "Caused by: ") + line(current));
            for (StackTraceElement frame : current.getStackTrace()) {
                lines.add("\tat " + frame);
            }
            current = current.getCause();
        }
        return List.copyOf(lines);
    }

    /** The message, or the class where the message may quote something from outside; in one line. */
    public static String message(Throwable failure) {
        String message = failure.getMessage();
        return message == null || !isOwn(failure)
                ? failure.getClass().getName()
                : SafeText.line(message, LONGEST_MESSAGE);
    }

    /** The class of the failure, and its message where that quotes nothing from outside; in one line. */
    public static String line(Throwable failure) {
        String type = failure.getClass().getName();
        String message = failure.getMessage();
        return message == null || !isOwn(failure) ? type : type + ": " + SafeText.line(message, LONGEST_MESSAGE);
    }

    private static boolean isOwn(Throwable failure) {
        return isOfOwnCode(failure) && !quotesForeignCause(failure);
    }

    private static boolean isOfOwnCode(Throwable failure) {
        StackTraceElement[] frames = failure.getStackTrace();
        return failure.getClass().getName().startsWith(OWN_CODE)
                || (frames.length > 0 && frames[0].getClassName().startsWith(OWN_CODE));
    }

    /** Whether the message holds that of a cause, as that of an exception made from a cause alone does. */
    private static boolean quotesForeignCause(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        Throwable cause = failure.getCause();
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            String quoted = cause.getMessage();
            if (quoted != null && message.contains(quoted) && !isOfOwnCode(cause)) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }
}
