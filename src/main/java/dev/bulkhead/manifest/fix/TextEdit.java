package dev.bulkhead.manifest.fix;

/**
 * A splice by lines and columns, as editors and SARIF have it: what stands from a place up to another is replaced. Lines and
 * columns are counted from 1, columns in Unicode code points; the end is not included.
 */
public record TextEdit(int startLine, int startColumn, int endLine, int endColumn, String inserted) {}
