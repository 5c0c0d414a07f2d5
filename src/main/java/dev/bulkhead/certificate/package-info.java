/** Certificates: an authority of Bulkhead's own, what it issues, what is read from files, and what the gate serves. */
@NullMarked
package dev.bulkhead.certificate;

import org.jspecify.annotations.NullMarked;
