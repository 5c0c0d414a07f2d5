/** Asks the registries of images as whom these run. */
@NullMarked
package dev.bulkhead.app.registry;

import org.jspecify.annotations.NullMarked;
