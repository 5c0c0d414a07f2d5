/** The server's requests to itself before it is ready, so that the first reviews are not the slowest. */
@NullMarked
package dev.bulkhead.app.warmup;

import org.jspecify.annotations.NullMarked;
