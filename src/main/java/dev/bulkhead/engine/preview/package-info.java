/** What enforcing policies would do to workloads that run already, and how that is known. */
@NullMarked
package dev.bulkhead.engine.preview;

import org.jspecify.annotations.NullMarked;
