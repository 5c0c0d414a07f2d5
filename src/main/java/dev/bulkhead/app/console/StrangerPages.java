package dev.bulkhead.app.console;

import dev.bulkhead.app.console.page.PageAnswer;
import java.util.Optional;

/** Pages for a person who has not signed in. They say nothing about the cluster. */
public interface StrangerPages {
    /**
     * The page at which a person signs in.
     *
     * @param problem why the last attempt failed
     * @param next the path to go on to
     */
    PageAnswer signIn(Optional<String> problem, String next);

    /** A page that says what went wrong. */
    PageAnswer failure(int status, String title, String sentence);
}
