/** From an admission request to the response: evaluation, messages and what is said to developers. */
@NullMarked
package dev.bulkhead.app.admission;

import org.jspecify.annotations.NullMarked;
