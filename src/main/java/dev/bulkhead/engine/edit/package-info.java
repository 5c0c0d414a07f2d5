/** Edits to an object, and the JSON Patch that they make. */
@NullMarked
package dev.bulkhead.engine.edit;

import org.jspecify.annotations.NullMarked;
