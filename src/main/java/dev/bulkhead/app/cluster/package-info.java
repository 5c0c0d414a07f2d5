/** A replica in a cluster: leader election and the reconcilers that it runs. */
@NullMarked
package dev.bulkhead.app.cluster;

import org.jspecify.annotations.NullMarked;
