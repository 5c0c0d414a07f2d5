/** Completion of command lines by shells. */
@NullMarked
package dev.bulkhead.app.cli.completion;

import org.jspecify.annotations.NullMarked;
