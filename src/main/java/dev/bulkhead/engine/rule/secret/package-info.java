/** How a credential is recognised by its name or by its form. */
@NullMarked
package dev.bulkhead.engine.rule.secret;

import org.jspecify.annotations.NullMarked;
