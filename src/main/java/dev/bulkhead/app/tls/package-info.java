/** Which implementation of TLS serves the webhook's port. */
@NullMarked
package dev.bulkhead.app.tls;

import org.jspecify.annotations.NullMarked;
