package dev.bulkhead.manifest.fix;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** The path of a file in a diff, as git writes it. */
final class DiffPath {
    private DiffPath() {}

    static String of(String prefix, String path) {
        String name = prefix + Path.of(path).normalize().toString().replaceFirst("^/+", "");
        StringBuilder quoted = new StringBuilder("\"");
        boolean plain = true;
        for (byte signed : name.getBytes(StandardCharsets.UTF_8)) {
            int b = signed & 0xFF;
            if (b == '"' || b == '\\') {
                quoted.append('\\').append((char) b);
                plain = false;
            } else if (b < ' ' || b == 0x7F) {
                quoted.append(String.format("\\%03o", b));
                plain = false;
            } else if (b > 0x7F) {
                quoted.append(String.format("\\%03o", b));
            } else {
                quoted.append((char) b);
            }
        }
        if (!plain) {
            return quoted.append('"').toString();
        }
        // A name with a blank ends where the tab is.
        return name.contains(" ") ? name + "\t" : name;
    }
}
