/** What came of evaluating workloads, as every output shows it. */
@NullMarked
package dev.bulkhead.engine.report;

import org.jspecify.annotations.NullMarked;
