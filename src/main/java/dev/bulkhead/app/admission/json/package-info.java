/**
 * Reads an AdmissionReview from bytes, as the API server's own decoder reads JSON.
 *
 * <p>It is written by hand because a reader on Jackson's streaming parser takes 1.42 times the CPU time for a typical
 * review and 2.55 times for one of {@code managedFields}, which makes 1.18 and 2.34 times from the bytes to the verdict. The
 * parser would replace it at 1.15. {@code bench/jmh --readers} measures it.
 *
 * <p>Tests compare it with Jackson and with {@code sigs.k8s.io/json}, the decoder of the API server, which is that of Go's
 * library but for numbers and the case of names. Whatever is read here, both read to the same tree, and whatever they
 * refuse is refused here, in the fields that no rule reads too. As there, names count in their exact case, objects and
 * lists are at most 10,000 levels deep, control characters have to be escaped, an unpaired surrogate is read as
 * U+FFFD, and a number out of the range of a double is refused. These are the differences from Go:
 *
 * <ul>
 *   <li>Of two members with one name Go takes the last; here they are refused, but for those in skipped fields.
 *   <li>Bytes that are not UTF-8 Go reads as U+FFFD; here they are refused.
 *   <li>A text with U+FFFD is refused where rules read it, since another one may be stored.
 *   <li>Numbers of more than 400 characters, more than 1,000,000 values, and anything but an object are refused.
 *   <li>Whole numbers that do not fit into 64 bits Go rounds to a double; here they are exact.
 * </ul>
 */
@NullMarked
package dev.bulkhead.app.admission.json;

import org.jspecify.annotations.NullMarked;
