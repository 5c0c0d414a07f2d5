/** What can be wrong with a pod: one file per rule, and the table of them all. */
@NullMarked
package dev.bulkhead.rule;

import org.jspecify.annotations.NullMarked;
