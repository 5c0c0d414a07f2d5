/** Reports for a person, as text in columns. */
@NullMarked
package dev.bulkhead.app.cli.output.table;

import org.jspecify.annotations.NullMarked;
