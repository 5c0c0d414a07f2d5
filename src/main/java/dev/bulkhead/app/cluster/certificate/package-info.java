/** The certificate that the replicas share through a Secret. */
@NullMarked
package dev.bulkhead.app.cluster.certificate;

import org.jspecify.annotations.NullMarked;
