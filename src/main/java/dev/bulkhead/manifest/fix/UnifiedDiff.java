package dev.bulkhead.manifest.fix;

import java.util.ArrayList;
import java.util.List;

/** A unified diff, made of the splices themselves, so that it takes no search for what is equal. */
public final class UnifiedDiff {
    private static final int CONTEXT = 3;

    private final String original;
    private final List<Integer> starts = new ArrayList<>();

    /** Lines that are replaced: those from one up to another of the original, by a text. */
    private record Region(int from, int to, String text) {}

    private UnifiedDiff(String original) {
        this.original = original;
        starts.add(0);
        for (int i = original.indexOf('\n'); i >= 0 && i + 1 < original.length(); i = original.indexOf('\n', i + 1)) {
            starts.add(i + 1);
        }
        if (original.isEmpty()) {
            starts.clear();
        }
    }

    /** The diff that {@code git apply} and {@code patch -p1} accept; empty if there are no edits. */
    public static String of(String path, SplicedText text) {
        UnifiedDiff diff = new UnifiedDiff(text.original());
        List<Region> regions = diff.regions(text.splices());
        if (regions.isEmpty()) {
            return "";
        }
        StringBuilder out = new StringBuilder();
        out.append("--- ").append(DiffPath.of("a/", path)).append('\n');
        out.append("+++ ").append(DiffPath.of("b/", path)).append('\n');
        diff.hunks(regions, out);
        return out.toString();
    }

    private List<Region> regions(List<Splice> splices) {
        List<Region> regions = new ArrayList<>();
        List<Splice> together = new ArrayList<>();
        int from = 0;
        int to = 0;
        for (Splice given : splices) {
            Splice splice = atLineStart(given);
            int first = line(splice.offset());
            int last = ending(splice);
            if (!together.isEmpty() && first >= to) {
                regions.add(region(from, to, together));
                together.clear();
            }
            from = together.isEmpty() ? first : from;
            to = together.isEmpty() ? last : Math.max(to, last);
            together.add(splice);
        }
        if (!together.isEmpty()) {
            regions.add(region(from, to, together));
        }
        return regions;
    }

    /** What is inserted at the end of a line, with its line break first, is inserted before the next line as well. */
    private Splice atLineStart(Splice splice) {
        for (String lineBreak : List.of("\r\n", "\n")) {
            if (splice.deleted() == 0
                    && splice.inserted().startsWith(lineBreak)
                    && original.startsWith(lineBreak, splice.offset())) {
                return new Splice(
                        splice.offset() + lineBreak.length(),
                        0,
                        splice.inserted().substring(lineBreak.length()) + lineBreak);
            }
        }
        return splice;
    }

    /** The line up to which lines change, not included. */
    private int ending(Splice splice) {
        boolean wholeLines = isLineStart(splice.offset())
                && isLineStart(splice.end())
                && (splice.inserted().isEmpty() || splice.inserted().endsWith("\n"));
        return wholeLines ? line(splice.end()) : Math.min(starts.size(), line(splice.end()) + 1);
    }

    private boolean isLineStart(int offset) {
        return offset == 0 || original.charAt(offset - 1) == '\n';
    }

    /** The number of the line that holds the offset; of one behind the last if it ends the text with its line break. */
    private int line(int offset) {
        if (offset == original.length() && isLineStart(offset)) {
            return starts.size();
        }
        int low = 0;
        int high = starts.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) / 2;
            if (starts.get(middle) <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }

    private int start(int line) {
        return line < starts.size() ? starts.get(line) : original.length();
    }

    private Region region(int from, int to, List<Splice> splices) {
        int offset = start(from);
        List<Splice> within = splices.stream()
                .map(splice -> new Splice(splice.offset() - offset, splice.deleted(), splice.inserted()))
                .toList();
        return new Region(
                from,
                to,
                SplicedText.of(original.substring(offset, start(to)))
                        .with(within)
                        .text());
    }

    private void hunks(List<Region> regions, StringBuilder out) {
        int shift = 0;
        for (int first = 0; first < regions.size(); ) {
            int next = first + 1;
            while (next < regions.size()
                    && regions.get(next).from() - regions.get(next - 1).to() <= 2 * CONTEXT) {
                next++;
            }
            shift += hunk(regions.subList(first, next), shift, out);
            first = next;
        }
    }

    /** Writes a hunk, and returns by how many lines the text behind it moves. */
    private int hunk(List<Region> regions, int shift, StringBuilder out) {
        int from = Math.max(0, regions.get(0).from() - CONTEXT);
        int to = Math.min(starts.size(), regions.get(regions.size() - 1).to() + CONTEXT);
        StringBuilder body = new StringBuilder();
        int added = 0;
        int reached = from;
        for (Region region : regions) {
            kept(reached, region.from(), body);
            lines('-', original.substring(start(region.from()), start(region.to())), body);
            int count = lines('+', region.text(), body);
            added += count - (region.to() - region.from());
            reached = region.to();
        }
        kept(reached, to, body);
        out.append("@@ -")
                .append(range(from, to - from))
                .append(" +")
                .append(range(from + shift, to - from + added))
                .append(" @@\n")
                .append(body);
        return added;
    }

    private void kept(int from, int to, StringBuilder out) {
        lines(' ', original.substring(start(from), start(to)), out);
    }

    private static int lines(char sign, String text, StringBuilder out) {
        int count = 0;
        for (int offset = 0; offset < text.length(); count++) {
            int end = text.indexOf('\n', offset);
            out.append(sign).append(text, offset, end < 0 ? text.length() : end).append('\n');
            if (end < 0) {
                out.append("\\ No newline at end of file\n");
            }
            offset = end < 0 ? text.length() : end + 1;
        }
        return count;
    }

    private static String range(int from, int count) {
        int first = count == 0 ? from : from + 1;
        return count == 1 ? String.valueOf(first) : first + "," + count;
    }
}
