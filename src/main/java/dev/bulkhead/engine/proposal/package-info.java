/** Which exemptions would let through what is denied. */
@NullMarked
package dev.bulkhead.engine.proposal;

import org.jspecify.annotations.NullMarked;
