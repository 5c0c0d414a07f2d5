package dev.bulkhead.manifest.fix.node;

/** Turns the parser's indices, which count code points, into those of a text, which count {@code char}s. */
final class CodePoints {
    private static final int STEP = 1024;

    private final String chars;
    private final int[] offsets;

    CodePoints(String chars) {
        this.chars = chars;
        int count = chars.codePointCount(0, chars.length());
        if (count == chars.length()) {
            this.offsets = new int[0];
            return;
        }
        this.offsets = new int[count / STEP + 1];
        int offset = 0;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = offset;
            offset = i + 1 < offsets.length ? chars.offsetByCodePoints(offset, STEP) : offset;
        }
    }

    int offset(int index) {
        return offsets.length == 0
                ? Math.min(index, chars.length())
                : chars.offsetByCodePoints(offsets[index / STEP], index % STEP);
    }
}
