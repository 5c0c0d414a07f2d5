/** How reports and texts are written to a terminal or as JSON. */
@NullMarked
package dev.bulkhead.app.cli.output;

import org.jspecify.annotations.NullMarked;
