/** Writes the status of policies and exemptions. */
@NullMarked
package dev.bulkhead.app.cluster.status;

import org.jspecify.annotations.NullMarked;
