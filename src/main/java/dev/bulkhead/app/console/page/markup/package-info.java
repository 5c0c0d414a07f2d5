/** What pages are made of: addresses, sentences, times, and the templates, which escape whatever they are given. */
@NullMarked
package dev.bulkhead.app.console.page.markup;

import org.jspecify.annotations.NullMarked;
