/** The settings of the gate. */
@NullMarked
package dev.bulkhead.app.config;

import org.jspecify.annotations.NullMarked;
