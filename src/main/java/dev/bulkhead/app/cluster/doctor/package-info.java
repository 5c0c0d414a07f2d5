/** Whether an installation works: what is read of a cluster for that, and what checks answer. Writes nothing. */
@NullMarked
package dev.bulkhead.app.cluster.doctor;

import org.jspecify.annotations.NullMarked;
