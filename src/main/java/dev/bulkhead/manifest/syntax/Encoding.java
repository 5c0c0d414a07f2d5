package dev.bulkhead.manifest.syntax;

import java.nio.ByteBuffer;
import java.util.Optional;

/** Distinguishes UTF-8, which is what kubectl reads, from other encodings that editors write. */
public final class Encoding {
    private Encoding() {}

    /** The name of another encoding that the file is in, recognised by its first bytes. */
    public static Optional<String> foreign(byte[] content) {
        if (startsWith(content, 0x00, 0x00, 0xFE, 0xFF) || startsWith(content, 0xFF, 0xFE, 0x00, 0x00)) {
            return Optional.of("UTF-32");
        }
        boolean marked = startsWith(content, 0xFE, 0xFF) || startsWith(content, 0xFF, 0xFE);
        boolean unmarked = content.length >= 2 && (content[0] == 0) != (content[1] == 0);
        return marked || unmarked ? Optional.of("UTF-16") : Optional.empty();
    }

    /** The content behind the byte order mark that some editors put in front of UTF-8. */
    public static ByteBuffer withoutMark(byte[] content) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        return startsWith(content, 0xEF, 0xBB, 0xBF) ? bytes.slice(3, content.length - 3) : bytes;
    }

    private static boolean startsWith(byte[] content, int... bytes) {
        if (content.length < bytes.length) {
            return false;
        }
        for (int i = 0; i < bytes.length; i++) {
            if ((content[i] & 0xFF) != bytes[i]) {
                return false;
            }
        }
        return true;
    }
}
