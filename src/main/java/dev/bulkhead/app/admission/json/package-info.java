/** Reads an AdmissionReview from bytes. */
@NullMarked
package dev.bulkhead.app.admission.json;

import org.jspecify.annotations.NullMarked;
