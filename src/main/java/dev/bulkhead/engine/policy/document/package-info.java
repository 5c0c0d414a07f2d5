/** Reads policies and exemptions from their documents, strictly. */
@NullMarked
package dev.bulkhead.engine.policy.document;

import org.jspecify.annotations.NullMarked;
