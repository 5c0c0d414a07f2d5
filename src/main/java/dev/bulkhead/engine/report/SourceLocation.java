package dev.bulkhead.engine.report;

import java.util.Optional;

/**
 * Where an object begins.
 *
 * @param file its name as the caller gave it, or as a directory led to it
 * @param document which of the file's documents it is in, counted from 0
 * @param line counted from 1
 * @param template the file of a chart that it was rendered from, if the document says so
 */
public record SourceLocation(String file, int document, int line, Optional<String> template) {}
