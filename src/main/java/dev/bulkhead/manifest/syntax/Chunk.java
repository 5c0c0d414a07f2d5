package dev.bulkhead.manifest.syntax;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a file that hold one YAML document, or a run of JSON documents.
 *
 * @param line the line of the file on which they start
 */
public record Chunk(ByteBuffer bytes, int line) {

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
