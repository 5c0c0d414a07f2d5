/** What an attacker who controls a workload reaches, and which layers hold. */
@org.jspecify.annotations.NullMarked
package dev.bulkhead.engine.reach;
