/** How work that waits for the API server is run: one thread per concern, bounded in time, with a back-off. */
@NullMarked
package dev.bulkhead.app.cluster.reconcile;

import org.jspecify.annotations.NullMarked;
