/** What is known of container images without pulling them: as whom they run, and where they write. */
@NullMarked
package dev.bulkhead.engine.image;

import org.jspecify.annotations.NullMarked;
