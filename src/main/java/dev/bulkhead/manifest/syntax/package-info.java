/** The syntax of YAML and JSON, as kubectl and the API server read it. */
@NullMarked
package dev.bulkhead.manifest.syntax;

import org.jspecify.annotations.NullMarked;
