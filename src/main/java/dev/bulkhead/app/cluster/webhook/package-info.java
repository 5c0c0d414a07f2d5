/** The webhook configurations: what they should contain, how they are written, and how drift is detected. */
@NullMarked
package dev.bulkhead.app.cluster.webhook;

import org.jspecify.annotations.NullMarked;
