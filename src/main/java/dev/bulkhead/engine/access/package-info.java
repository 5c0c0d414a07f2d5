/** What service accounts may do, as the API server's RBAC authorizer decides it. */
@org.jspecify.annotations.NullMarked
package dev.bulkhead.engine.access;
