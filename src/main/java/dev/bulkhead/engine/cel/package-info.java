/** Checks in the Common Expression Language, as the API server evaluates it. */
@NullMarked
package dev.bulkhead.engine.cel;

import org.jspecify.annotations.NullMarked;
