/** What a rule is: what it reads, what it finds, and what it fills in. */
@NullMarked
package dev.bulkhead.engine.rule;

import org.jspecify.annotations.NullMarked;
