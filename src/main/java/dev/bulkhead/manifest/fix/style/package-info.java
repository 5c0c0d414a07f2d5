/** How a document is written, and how more is written like it. */
@NullMarked
package dev.bulkhead.manifest.fix.style;

import org.jspecify.annotations.NullMarked;
