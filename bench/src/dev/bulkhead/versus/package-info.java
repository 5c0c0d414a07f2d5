/** Bulkhead beside other webhooks and command lines on one machine: {@code bench/versus}. */
@NullMarked
package dev.bulkhead.versus;

import org.jspecify.annotations.NullMarked;
