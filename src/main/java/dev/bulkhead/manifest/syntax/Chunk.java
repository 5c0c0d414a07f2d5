package dev.bulkhead.manifest.syntax;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The bytes of a file that hold one YAML document, or a run of JSON documents.
 *
 * @param line the line of the file on which they start
 */
public record Chunk(ByteBuffer bytes, int line) {
    private static final String SOURCE = "# Source: ";
    private static final int LONGEST_COMMENT = 512;

    /** The file that Helm names in the comment above the first line of content, {@code # Source: chart/templates/web.yaml}. */
    public Optional<String> template() {
        int start = 0;
        while (start < bytes.limit()) {
            int end = start;
            while (end < bytes.limit() && bytes.get(end) != '\n') {
                end++;
            }
            String line = text(start, Math.min(end, start + LONGEST_COMMENT)).strip();
            if (line.startsWith(SOURCE) && line.length() > SOURCE.length()) {
                return Optional.of(line.substring(SOURCE.length()));
            }
            if (!line.isEmpty() && !line.startsWith("#") && !line.equals("---")) {
                return Optional.empty();
            }
            start = end + 1;
        }
        return Optional.empty();
    }

    private String text(int start, int end) {
        byte[] text = new byte[end - start];
        bytes.get(start, text);
        return new String(text, StandardCharsets.UTF_8);
    }

    /**
     * The text in them.
     *
     * @throws UnreadableException if they are not UTF-8, or hold what no manifest may
     */
    ChunkText text() {
        ByteBuffer in = bytes.duplicate();
        CharBuffer out = CharBuffer.allocate(in.remaining());
        CoderResult result = StandardCharsets.UTF_8.newDecoder().decode(in, out, true);
        String decoded = out.flip().toString();
        ChunkText text = new ChunkText(decoded, line);
        if (result.isError()) {
            throw new UnreadableException(
                    text.position(decoded.length()),
                    String.format("byte 0x%02X is not UTF-8; save the file as UTF-8", in.get() & 0xFF));
        }
        text.checkCharacters();
        return text;
    }
}
