/** The policies in force as the API server's own admission policies, which the leader keeps in step with them. */
@NullMarked
package dev.bulkhead.app.cluster.secondlayer;

import org.jspecify.annotations.NullMarked;
