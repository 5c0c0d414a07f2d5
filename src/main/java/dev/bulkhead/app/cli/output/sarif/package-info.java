/** Reports in the Static Analysis Results Interchange Format. */
@NullMarked
package dev.bulkhead.app.cli.output.sarif;

import org.jspecify.annotations.NullMarked;
