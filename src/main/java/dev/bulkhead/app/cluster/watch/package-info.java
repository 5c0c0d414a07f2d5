/** What is watched in the cluster: policies, exemptions, namespaces and volumes. */
@NullMarked
package dev.bulkhead.app.cluster.watch;

import org.jspecify.annotations.NullMarked;
