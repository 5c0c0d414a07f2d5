/** Listeners beside the webhook's, each with an event loop of its own. */
@NullMarked
package dev.bulkhead.app.listener;

import org.jspecify.annotations.NullMarked;
