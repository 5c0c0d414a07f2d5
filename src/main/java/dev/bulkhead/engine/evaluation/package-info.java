/** Evaluates workloads by the policies in force. */
@NullMarked
package dev.bulkhead.engine.evaluation;

import org.jspecify.annotations.NullMarked;
