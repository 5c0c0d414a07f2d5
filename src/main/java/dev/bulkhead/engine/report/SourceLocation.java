package dev.bulkhead.engine.report;

/**
 * Where an object begins.
 *
 * @param file its name as the caller gave it, or as a directory led to it
 * @param document which of the file's documents it is in, counted from 0
 * @param line counted from 1
 */
public record SourceLocation(String file, int document, int line) {}
