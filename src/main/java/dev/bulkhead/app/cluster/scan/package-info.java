/** The scan of what runs in the cluster: pods as they arrive, and what they tell. Only in the console's process. */
@NullMarked
package dev.bulkhead.app.cluster.scan;

import org.jspecify.annotations.NullMarked;
