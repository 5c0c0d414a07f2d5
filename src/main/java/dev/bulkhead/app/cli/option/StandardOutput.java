package dev.bulkhead.app.cli.option;

import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;

/** Standard output: texts are encoded as the locale says, and files are written as they are. */
public final class StandardOutput extends PrintWriter {
    private final OutputStream bytes;
    private final Charset charset;

    public StandardOutput(OutputStream bytes, Charset charset) {
        super(bytes, true, charset);
        this.bytes = bytes;
        this.charset = charset;
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
