/** Reads the roles and bindings of a cluster, by which it is found what workloads may do by their tokens. */
@org.jspecify.annotations.NullMarked
package dev.bulkhead.app.cluster.scan.access;
