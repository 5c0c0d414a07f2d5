/** The console's listener: requests are checked, handed to the pages or to the API, and answered with strict headers. */
@NullMarked
package dev.bulkhead.app.console;

import org.jspecify.annotations.NullMarked;
