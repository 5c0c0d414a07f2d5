/** What kubelets report of the containers on their nodes. Asked for straight at each kubelet, and only if that is enabled. */
@NullMarked
package dev.bulkhead.app.cluster.scan.node;

import org.jspecify.annotations.NullMarked;
