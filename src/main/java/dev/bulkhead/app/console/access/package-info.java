/** Who may see the console, and which namespaces each person sees. */
@NullMarked
package dev.bulkhead.app.console.access;

import org.jspecify.annotations.NullMarked;
