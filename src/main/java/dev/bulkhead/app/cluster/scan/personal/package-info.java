/** A scan with a person's own kubeconfig, which needs no more than this person may read. */
@NullMarked
package dev.bulkhead.app.cluster.scan.personal;

import org.jspecify.annotations.NullMarked;
