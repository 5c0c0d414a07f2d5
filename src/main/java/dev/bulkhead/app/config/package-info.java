/** The settings of Bulkhead's server. */
@NullMarked
package dev.bulkhead.app.config;

import org.jspecify.annotations.NullMarked;
