/** Text from outside, made fit to be shown. */
@org.jspecify.annotations.NullMarked
package dev.bulkhead.engine.text;
