/** The policies in the API server's own terms: admission policies in CEL, which hold without the webhook. */
@NullMarked
package dev.bulkhead.engine.export;

import org.jspecify.annotations.NullMarked;
