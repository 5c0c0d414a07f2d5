/** What a person sees of a scan: within the namespaces in which this person may list pods, for pages and for the HTTP API alike. */
@NullMarked
package dev.bulkhead.app.console.view;

import org.jspecify.annotations.NullMarked;
