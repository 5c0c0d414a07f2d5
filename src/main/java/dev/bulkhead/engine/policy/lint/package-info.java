/** Finds what is valid in a policy or an exemption but cannot be meant. */
@NullMarked
package dev.bulkhead.engine.policy.lint;

import org.jspecify.annotations.NullMarked;
