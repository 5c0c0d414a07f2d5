/**
 * The engine: evaluates objects of Kubernetes, and says which edits harden them. Java programs start with
 * {@link dev.bulkhead.engine.WorkloadCheck}.
 */
@NullMarked
package dev.bulkhead.engine;

import org.jspecify.annotations.NullMarked;
