/** The console's pages: what they say, rendered from the last scan. They know neither HTTP nor the cluster. */
@NullMarked
package dev.bulkhead.app.console.page;

import org.jspecify.annotations.NullMarked;
