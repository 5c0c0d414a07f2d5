/** AdmissionReviews in and out: what the API server asks, how it is answered, and the server that does it. */
@NullMarked
package dev.bulkhead.admission;

import org.jspecify.annotations.NullMarked;
