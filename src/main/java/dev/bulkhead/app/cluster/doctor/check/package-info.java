/** The checks of {@code bulkhead doctor}, one file each. */
@NullMarked
package dev.bulkhead.app.cluster.doctor.check;

import org.jspecify.annotations.NullMarked;
