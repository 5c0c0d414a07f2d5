/** The file of the findings that are tolerated. */
@NullMarked
package dev.bulkhead.manifest.baseline;

import org.jspecify.annotations.NullMarked;
