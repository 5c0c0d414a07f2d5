/** From an admission request to its response: decisions, messages and warnings. */
@NullMarked
package dev.bulkhead.app.admission;

import org.jspecify.annotations.NullMarked;
