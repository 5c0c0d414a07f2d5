/** The console's listener: what arrives is checked, given to those who know, and answered with strict headers. */
@NullMarked
package dev.bulkhead.app.console;

import org.jspecify.annotations.NullMarked;
