/** Events about refused workloads: the webhook writes them, and the console reads them. */
@NullMarked
package dev.bulkhead.app.cluster.refusal;

import org.jspecify.annotations.NullMarked;
