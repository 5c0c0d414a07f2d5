/** Logs, metrics and traces of decisions. */
@NullMarked
package dev.bulkhead.app.observability;

import org.jspecify.annotations.NullMarked;
