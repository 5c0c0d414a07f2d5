/** The console's part of the HTTP API: what its pages show, for programs, within what each viewer may see. */
@NullMarked
package dev.bulkhead.app.console.api;

import org.jspecify.annotations.NullMarked;
