package dev.bulkhead.manifest.syntax;

/**
 * Something in a document that kubectl accepts and that its author can hardly mean.
 *
 * @param message what was found, and what counts, in one line
 */
public record Warning(Position position, String message) {}
