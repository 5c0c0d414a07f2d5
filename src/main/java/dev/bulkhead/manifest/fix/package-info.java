/** Writes edits of objects into the text of their manifests, and leaves everything else in the text as it is. */
@NullMarked
package dev.bulkhead.manifest.fix;

import org.jspecify.annotations.NullMarked;
