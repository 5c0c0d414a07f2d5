package dev.bulkhead.versus;

import java.io.IOException;

/** How a webhook is started anew. */
interface Starter {
    /** What runs, once it is ready. */
    record Started(Process process, Webhook webhook) {}

    String name();

    Started start() throws IOException;
}
