/** The command line. */
@NullMarked
package dev.bulkhead.app.cli;

import org.jspecify.annotations.NullMarked;
