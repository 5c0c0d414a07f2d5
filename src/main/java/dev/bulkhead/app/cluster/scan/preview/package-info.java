/** What enforcing would do to the workloads of a cluster, by all that is known of them. */
@NullMarked
package dev.bulkhead.app.cluster.scan.preview;

import org.jspecify.annotations.NullMarked;
