/** Prepares the program for an archive of its classes, with which a command starts in less CPU time. */
@NullMarked
package dev.bulkhead.app.cli.archive;

import org.jspecify.annotations.NullMarked;
