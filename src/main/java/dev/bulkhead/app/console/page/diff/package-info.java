/** What to change in a manifest, as a person reads it. */
@NullMarked
package dev.bulkhead.app.console.page.diff;

import org.jspecify.annotations.NullMarked;
