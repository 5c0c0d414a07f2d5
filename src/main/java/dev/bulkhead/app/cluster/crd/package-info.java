/** The schemas of Bulkhead's own kinds, from which their CustomResourceDefinitions are generated. */
@NullMarked
package dev.bulkhead.app.cluster.crd;

import org.jspecify.annotations.NullMarked;
