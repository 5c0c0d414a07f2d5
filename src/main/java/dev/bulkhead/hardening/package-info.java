/** Edits, and the patch they make. */
@NullMarked
package dev.bulkhead.hardening;

import org.jspecify.annotations.NullMarked;
