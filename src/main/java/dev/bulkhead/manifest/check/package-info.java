/** Evaluates manifests as the API server and the webhook would. */
@NullMarked
package dev.bulkhead.manifest.check;

import org.jspecify.annotations.NullMarked;
