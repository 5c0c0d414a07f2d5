/** Which rules apply to a workload, what excuses it, and the one function that decides. */
@NullMarked
package dev.bulkhead.policy;

import org.jspecify.annotations.NullMarked;
