package dev.bulkhead.app.cli.option;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Standard output: texts are encoded as the locale says, and files are written as they are. */
public final class StandardOutput extends PrintWriter {
    /** What Java's message of EPIPE says. */
    private static final String READER_LEFT = "Broken pipe";

    private final Remembering bytes;
    private final Charset charset;

    /** @param bytes throws what goes wrong, which {@link System#out} does not */
    public StandardOutput(OutputStream bytes, Charset charset) {
        this(new Remembering(bytes), charset);
    }

    private StandardOutput(Remembering bytes, Charset charset) {
        super(bytes, true, charset);
        this.bytes = bytes;
        this.charset = charset;
    }

    /**
     * Why something could not be written, if so. Nothing is wrong where the reader wanted no more, as {@code head} does.
     */
    public Optional<IOException> failure() {
        flush();
        return bytes.failure.filter(
                failure -> !String.valueOf(failure.getMessage()).contains(READER_LEFT));
    }

    /** Keeps the first failure, which a writer only counts. */
    private static final class Remembering extends FilterOutputStream {
        private Optional<IOException> failure = Optional.empty();

        Remembering(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] some, int offset, int length) throws IOException {
            try {
                out.write(some, offset, length);
            } catch (IOException e) {
                failure = failure.or(() -> Optional.of(e));
                throw e;
            }
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void flush() throws IOException {
            try {
                out.flush();
            } catch (IOException e) {
                failure = failure.or(() -> Optional.of(e));
                throw e;
            }
        }
    }

    /** Writes a text that is UTF-8 whatever the locale is, as manifests are. */
    public static void printUtf8(PrintWriter out, String text) {
        if (out instanceof StandardOutput output && !output.charset.equals(StandardCharsets.UTF_8)) {
            PrintWriter utf8 = new PrintWriter(output.bytes, false, StandardCharsets.UTF_8);
            output.flush();
            utf8.print(text);
            utf8.flush();
        } else {
            out.print(text);
            out.flush();
        }
    }
}
