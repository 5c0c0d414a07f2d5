/** The commands that write the policies in the terms of other layers. */
@NullMarked
package dev.bulkhead.app.cli.export;

import org.jspecify.annotations.NullMarked;
