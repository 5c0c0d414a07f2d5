/** What the gate knows of the cluster it stands in front of, and the little that it writes there. */
@NullMarked
package dev.bulkhead.cluster;

import org.jspecify.annotations.NullMarked;
