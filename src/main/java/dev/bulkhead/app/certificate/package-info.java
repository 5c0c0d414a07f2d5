/** Certificates: a CA of Bulkhead's own, what it issues, what is read from files, and what the server presents. */
@NullMarked
package dev.bulkhead.app.certificate;

import org.jspecify.annotations.NullMarked;
