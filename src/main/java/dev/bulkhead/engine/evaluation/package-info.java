/** The way from a workload and the policies in force to a verdict. */
@NullMarked
package dev.bulkhead.engine.evaluation;

import org.jspecify.annotations.NullMarked;
