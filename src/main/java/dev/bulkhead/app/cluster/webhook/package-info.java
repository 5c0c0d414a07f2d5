/** The webhook configurations: what they should hold, how they are written, and how drift is noticed. */
@NullMarked
package dev.bulkhead.app.cluster.webhook;

import org.jspecify.annotations.NullMarked;
