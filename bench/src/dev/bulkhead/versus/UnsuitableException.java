package dev.bulkhead.versus;

import java.io.IOException;

/** What was to be measured does not do what it is measured for; the message is for the user. */
final class UnsuitableException extends IOException {
    private static final long serialVersionUID = 1;

    UnsuitableException(String message) {
        super(message);
    }
}
