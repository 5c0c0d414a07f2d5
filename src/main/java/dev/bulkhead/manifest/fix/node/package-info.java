/** Where the parts of a document stand in its text. */
@NullMarked
package dev.bulkhead.manifest.fix.node;

import org.jspecify.annotations.NullMarked;
