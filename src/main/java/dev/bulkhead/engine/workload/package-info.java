/** The pod inside any kind of workload: typed views over the JSON tree, each of which knows its JSON Pointer. */
@NullMarked
package dev.bulkhead.engine.workload;

import org.jspecify.annotations.NullMarked;
