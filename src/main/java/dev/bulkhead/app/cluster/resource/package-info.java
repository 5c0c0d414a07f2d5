/** Bulkhead's own resources at the API server, their field owners and events. */
@NullMarked
package dev.bulkhead.app.cluster.resource;

import org.jspecify.annotations.NullMarked;
