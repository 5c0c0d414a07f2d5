/** Policies, profiles and exemptions, and which of them apply to a namespace. */
@NullMarked
package dev.bulkhead.engine.policy;

import org.jspecify.annotations.NullMarked;
