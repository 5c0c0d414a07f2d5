/** Pods that do not start because of what Bulkhead filled in, and how that is reported. */
@NullMarked
package dev.bulkhead.app.cluster.scan.failure;

import org.jspecify.annotations.NullMarked;
