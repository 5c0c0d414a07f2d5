/** The rules, one file each, and the registry that lists them. */
@NullMarked
package dev.bulkhead.engine.rule.check;

import org.jspecify.annotations.NullMarked;
