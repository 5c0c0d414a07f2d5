/** How verdicts have changed since the process started. */
@NullMarked
package dev.bulkhead.app.console.page.trend;

import org.jspecify.annotations.NullMarked;
