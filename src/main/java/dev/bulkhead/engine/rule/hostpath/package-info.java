/** What a path on the host is, by any spelling, and what it gives access to. */
@NullMarked
package dev.bulkhead.engine.rule.hostpath;

import org.jspecify.annotations.NullMarked;
