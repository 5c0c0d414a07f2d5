/** The HTTPS server: connections, request bodies, deadlines, evaluation threads, health, and the wiring of it all. */
@NullMarked
package dev.bulkhead.app.server;

import org.jspecify.annotations.NullMarked;
