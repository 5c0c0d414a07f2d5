/** What the statuses of pods show about their containers. */
@NullMarked
package dev.bulkhead.app.cluster.scan.observation;

import org.jspecify.annotations.NullMarked;
