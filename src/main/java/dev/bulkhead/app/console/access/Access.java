package dev.bulkhead.app.console.access;

import java.util.Optional;

/** Whether a request may be answered. */
public sealed interface Access {
    /** It may, with what that person may see. */
    record Granted(Viewer viewer) implements Access {}

    /**
     * Nobody has signed in.
     *
     * @param problem why the last attempt failed, in a sentence
     */
    record SignInNeeded(int status, Optional<String> problem) implements Access {}

    /** No client may send it. */
    record Refused(int status, String title, String sentence) implements Access {}

    /**
     * The browser is sent elsewhere.
     *
     * @param cookie to set, as the header has it; empty for none
     */
    record Redirected(String path, Optional<String> cookie) implements Access {}
}
