/** The HTTP API: resources of Quarkus REST, behind a listener, an event loop and threads of its own. */
@NullMarked
package dev.bulkhead.app.api;

import org.jspecify.annotations.NullMarked;
