/** Whether the second layer is in step with the policies. */
@NullMarked
package dev.bulkhead.app.cluster.doctor.layer;

import org.jspecify.annotations.NullMarked;
