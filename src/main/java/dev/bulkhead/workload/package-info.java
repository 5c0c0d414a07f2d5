/** The pod inside any kind: typed views over the JSON tree, each knowing its JSON Pointer. */
@NullMarked
package dev.bulkhead.workload;

import org.jspecify.annotations.NullMarked;
