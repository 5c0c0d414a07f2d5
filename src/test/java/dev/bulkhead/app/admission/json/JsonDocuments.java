package dev.bulkhead.app.admission.json;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/** Documents of JSON, most of them valid, to try readers with: the same for the same random numbers. */
final class JsonDocuments {
    /** Those under which a review's parts are skipped are among them, and different spellings of one. */
    private static final List<String> NAMES = List.of(
            "request",
            "object",
            "oldObject",
            "metadata",
            "managedFields",
            "spec",
            "status",
            "userInfo",
            "groups",
            "options",
            "containers",
            "resources",
            "tolerations",
            "env",
            "valueFrom",
            "fieldRef",
            "hostPath",
            "volumes",
            "name",
            "Name",
            "n\\u0061me",
            "",
            " ",
            "a",
            "A",
            "\u00e9",
            "\\ud83d\\ude00",
            "\\udead",
            "\\\"",
            "\\/",
            "__proto__");

    private static final List<String> TEXT = List.of(
            "a",
            "web",
            "/var/run",
            " ",
            "\u00e4",
            "\u20ac",
            "\ud83d\ude00",
            "\ufffd",
            "\u2028",
            "\u007f",
            "\\n",
            "\\\"",
            "\\\\",
            "\\/",
            "\\u0041",
            "\\u0000",
            "\\u00e4",
            "\\ud83d\\ude00",
            "\\ud83d",
            "\\ude00",
            "\\uDBFF\\uDFFF",
            "{",
            "]",
            ",",
            "//",
            "'");

    private static final List<String> NUMBERS = List.of(
            "0",
            "-0",
            "1",
            "-1",
            "10",
            "2147483647",
            "2147483648",
            "-2147483649",
            "9007199254740993",
            "999999999999999999",
            "9223372036854775807",
            "9223372036854775808",
            "-9223372036854775808",
            "123456789012345678901234567890",
            "0.1",
            "-0.0",
            "1.0",
            "1e2",
            "1E+2",
            "1e-2",
            "0e0",
            "1e-400",
            "5e-324",
            "1.7976931348623157e308",
            "0.30000000000000004",
            "100000000000000000000000");

    /** No API server accepts them, or only some would. */
    private static final List<String> WRONG = List.of(
            "01",
            "-",
            "+1",
            ".5",
            "1.",
            "1e",
            "0x1",
            "1e400",
            "-1e400",
            "1.8e308",
            "NaN",
            "Infinity",
            "tru",
            "nul",
            "TRUE",
            "None",
            "'a'",
            "\"\\x\"",
            "\"\\u12g4\"",
            "\"\\'\"",
            "\"\u0001\"",
            "\"\t\"",
            "\"",
            "{",
            "[",
            "}",
            "]",
            "[1 2]",
            "[1,]",
            "[,1]",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{a:1}",
            "{1:1}",
            "/**/1",
            "#",
            "\u00a0",
            "\ufeff1");

    private static final String TOKENS = "{}[]\",:\\u0tfn-1.eE \n'/";

    private final Random random;
    private final ByteArrayOutputStream document = new ByteArrayOutputStream();

    private JsonDocuments(Random random) {
        this.random = random;
    }

    /** Half of them are valid; in the others something is wrong here or there. */
    static byte[] any(Random random) {
        JsonDocuments documents = new JsonDocuments(random);
        if (random.nextInt(50) == 0) {
            documents.value(0);
        } else {
            documents.object(0);
        }
        byte[] document = documents.document.toByteArray();
        return random.nextInt(3) == 0 ? documents.damaged(document) : document;
    }

    private <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    private void write(String text) {
        document.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        if (random.nextInt(12) == 0) {
            document.write(" \n\r\t".charAt(random.nextInt(4)));
        }
    }

    private void value(int depth) {
        int kind = random.nextInt(depth > 7 ? 6 : 12);
        switch (kind) {
            case 0 -> write(oneOf(NUMBERS));
            case 1 -> write(oneOf(List.of("true", "false", "null")));
            case 2, 3 -> text();
            case 4 -> write(Long.toString(random.nextLong() >> random.nextInt(64)));
            case 5 -> {
                if (random.nextInt(20) == 0) {
                    write(oneOf(WRONG));
                } else {
                    write(Double.toString(random.nextGaussian()));
                }
            }
            case 6, 7 -> list(depth);
            default -> object(depth);
        }
    }

    private void text() {
        StringBuilder text = new StringBuilder("\"");
        for (int parts = random.nextInt(4); parts > 0; parts--) {
            text.append(oneOf(TEXT));
        }
        write(text.append('"').toString());
    }

    private void list(int depth) {
        write("[");
        int items = random.nextInt(4);
        for (int i = 0; i < items; i++) {
            if (i > 0) {
                write(",");
            }
            value(depth + 1);
        }
        write("]");
    }

    private void object(int depth) {
        write("{");
        int members = random.nextInt(5);
        for (int i = 0; i < members; i++) {
            if (i > 0) {
                write(",");
            }
            write("\"" + oneOf(NAMES) + "\"");
            write(":");
            value(depth + 1);
        }
        write("}");
    }

    private byte[] damaged(byte[] whole) {
        byte[] bytes = whole;
        for (int times = 1 + random.nextInt(2); times > 0 && bytes.length > 0; times--) {
            int place = random.nextInt(bytes.length);
            byte value = (byte)
                    (random.nextBoolean() ? TOKENS.charAt(random.nextInt(TOKENS.length())) : random.nextInt(256));
            ByteArrayOutputStream changed = new ByteArrayOutputStream();
            changed.write(bytes, 0, place);
            int change = random.nextInt(4);
            if (change > 0) {
                changed.write(value);
            }
            if (change < 3) {
                changed.write(bytes, place + 1, bytes.length - place - 1);
            } else {
                changed.write(bytes, place, bytes.length - place);
            }
            bytes = changed.toByteArray();
        }
        return bytes;
    }
}
