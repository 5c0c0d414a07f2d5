package dev.bulkhead.manifest.check;

/**
 * Something about a part of an object.
 *
 * @param pointer a JSON Pointer into the object
 * @param message what was found and what was expected, in one line
 */
record Remark(String pointer, String message) {}
