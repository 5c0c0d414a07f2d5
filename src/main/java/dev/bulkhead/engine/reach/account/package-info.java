/** What service accounts may do by the API that leads further, and by whose pods. */
@org.jspecify.annotations.NullMarked
package dev.bulkhead.engine.reach.account;
