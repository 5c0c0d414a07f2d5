/** The interface of rules: what a rule reads, finds and fills in. */
@NullMarked
package dev.bulkhead.engine.rule;

import org.jspecify.annotations.NullMarked;
