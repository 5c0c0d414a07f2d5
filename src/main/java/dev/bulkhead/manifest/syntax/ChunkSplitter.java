package dev.bulkhead.manifest.syntax;

import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * Splits a file into its documents before parsing, so that a mistake in one leaves the others readable. <p>Splitting
 * at lines is exact: YAML allows no line that starts with {@code ---} or {@code ...} and a blank inside a document,
 * not even in a quoted or block scalar (YAML 1.2.2, 9.1.2), and neither does JSON. kubectl splits the same way.
 */
public final class ChunkSplitter {
    private final ByteBuffer bytes;
    private int offset;
    private int line = 1;

    private int from;
    private int firstLine;
    private boolean started;
    private boolean directed;
    private boolean filled;
    private boolean unusual;

    public ChunkSplitter(ByteBuffer bytes) {
        this.bytes = bytes;
    }

    /** The next chunk that holds more than plain comments, or empty at the end of the file. */
    public Optional<Chunk> next() {
        beginChunk();
        while (offset < bytes.limit()) {
            int lineStart = offset;
            boolean starts = isMarker('-');
            boolean ends = isMarker('.') && isBlankOrComment(offset + 3);
            if (ends || (starts && (started || filled))) {
                Optional<Chunk> chunk = chunkBefore(lineStart);
                if (ends) {
                    skipLine();
                }
                if (chunk.isPresent()) {
                    return chunk;
                }
                beginChunk();
            } else {
                readLine(starts);
            }
        }
        return chunkBefore(offset);
    }

    private void beginChunk() {
        from = offset;
        firstLine = line;
        started = false;
        directed = false;
        filled = false;
        unusual = false;
    }

    private Optional<Chunk> chunkBefore(int end) {
        return filled || directed || unusual
                ? Optional.of(new Chunk(bytes.slice(from, end - from), firstLine))
                : Optional.empty();
    }

    private void readLine(boolean starts) {
        if (starts) {
            started = true;
            filled = !isBlankOrComment(offset + 3);
        } else if (!isBlankOrComment(offset)) {
            // Directives belong to the document whose marker follows them.
            boolean directive = at(offset) == '%' && !started && !filled;
            directed |= directive;
            filled |= !directive;
        }
        skipLine();
    }

    private boolean isMarker(char c) {
        return at(offset) == c && at(offset + 1) == c && at(offset + 2) == c && isBlank(at(offset + 3));
    }

    private boolean isBlankOrComment(int start) {
        int i = start;
        while (at(i) == ' ' || at(i) == '\t') {
            i++;
        }
        return at(i) == '#' || isBlank(at(i));
    }

    private void skipLine() {
        while (offset < bytes.limit()) {
            byte b = bytes.get(offset++);
            if (b == '\n' || (b == '\r' && at(offset) != '\n')) {
                line++;
                return;
            }
            // Comments are kept where some parser may read one of their characters as a line break.
            unusual |= (b < ' ' && b != '\t' && b != '\r') || b > '~';
        }
    }

    private static boolean isBlank(int b) {
        return b < 0 || b == ' ' || b == '\t' || b == '\n' || b == '\r';
    }

    /** The byte at that index, or -1 behind the end. */
    private int at(int index) {
        return index < bytes.limit() ? bytes.get(index) & 0xFF : -1;
    }
}
