/** The policies in Falco's terms: rules that watch at run time what admission has decided. */
@NullMarked
package dev.bulkhead.engine.export.falco;

import org.jspecify.annotations.NullMarked;
