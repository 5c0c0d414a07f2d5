/** What commands have in common: their options, the settings they read from the environment, and the environment. */
@NullMarked
package dev.bulkhead.app.cli.option;

import org.jspecify.annotations.NullMarked;
