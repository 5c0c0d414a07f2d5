/** Policy reports: one for each workload, written only when it changes, for tools such as Policy Reporter. */
@NullMarked
package dev.bulkhead.app.cluster.report;

import org.jspecify.annotations.NullMarked;
