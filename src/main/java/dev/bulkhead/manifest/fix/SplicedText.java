package dev.bulkhead.manifest.fix;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A text with edits, which can be edited again: the splices are always those of the text at the beginning. */
public final class SplicedText {
    private final String original;
    private final List<Piece> pieces;

    /** Where each piece ends in the edited text. */
    private final int[] ends;

    /** Characters of the original, or others that were inserted. */
    private sealed interface Piece {
        int length();

        Piece part(int from, int to);

        record Kept(int start, int end) implements Piece {
            @Override
            public int length() {
                return end - start;
            }

            @Override
            public Piece part(int from, int to) {
                return new Kept(start + from, start + to);
            }
        }

        record Inserted(String text) implements Piece {
            @Override
            public int length() {
                return text.length();
            }

            @Override
            public Piece part(int from, int to) {
                return new Inserted(text.substring(from, to));
            }
        }
    }

    private SplicedText(String original, List<Piece> pieces) {
        this.original = original;
        this.pieces = pieces.stream().filter(piece -> piece.length() > 0).toList();
        this.ends = new int[this.pieces.size()];
        int end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += this.pieces.get(i).length();
            ends[i] = end;
        }
    }

    /** The text without edits. */
    public static SplicedText of(String text) {
        return new SplicedText(text, List.of(new Piece.Kept(0, text.length())));
    }

    /**
     * This text with more edits.
     *
     * @param splices of {@link #text()}, in its order, of which none overlaps another
     */
    public SplicedText with(List<Splice> splices) {
        List<Piece> result = new ArrayList<>();
        Reader rest = new Reader();
        for (Splice splice : splices) {
            rest.keepUntil(splice.offset(), result);
            rest.skip(splice.deleted());
            if (!splice.inserted().isEmpty()) {
                result.add(new Piece.Inserted(splice.inserted()));
            }
        }
        rest.keepUntil(Integer.MAX_VALUE, result);
        return new SplicedText(original, result);
    }

    /** Goes through the pieces once. */
    private final class Reader {
        private int piece;
        private int within;
        private int offset;

        void keepUntil(int target, List<Piece> to) {
            while (piece < pieces.size() && offset < target) {
                Piece current = pieces.get(piece);
                int length = Math.min(current.length() - within, target - offset);
                to.add(current.part(within, within + length));
                advance(current, length);
            }
        }

        void skip(int length) {
            for (int left = length; left > 0 && piece < pieces.size(); ) {
                Piece current = pieces.get(piece);
                int part = Math.min(current.length() - within, left);
                left -= part;
                advance(current, part);
            }
        }

        private void advance(Piece current, int length) {
            offset += length;
            within += length;
            if (within == current.length()) {
                piece++;
                within = 0;
            }
        }
    }

    /** The text before any edit. */
    public String original() {
        return original;
    }

    /** The text with the edits. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Kept kept) {
                text.append(original, kept.start(), kept.end());
            } else if (piece instanceof Piece.Inserted inserted) {
                text.append(inserted.text());
            }
        }
        return text.toString();
    }

    /** Where in the original that offset of {@link #text()} is; for what was inserted, where that was. */
    public int originalOffset(int offset) {
        int found = Arrays.binarySearch(ends, offset);
        // A piece does not hold its own end.
        int piece = found >= 0 ? found + 1 : -found - 1;
        if (piece < pieces.size() && pieces.get(piece) instanceof Piece.Kept kept) {
            return kept.end() - (ends[piece] - offset);
        }
        for (int i = Math.min(piece, pieces.size()) - 1; i >= 0; i--) {
            if (pieces.get(i) instanceof Piece.Kept kept) {
                return kept.end();
            }
        }
        return 0;
    }

    /** The edits of the original, in its order. */
    public List<Splice> splices() {
        List<Splice> splices = new ArrayList<>();
        int reached = 0;
        StringBuilder inserted = new StringBuilder();
        for (Piece piece : pieces) {
            if (piece instanceof Piece.Inserted text) {
                inserted.append(text.text());
            } else if (piece instanceof Piece.Kept kept) {
                add(splices, reached, kept.start(), inserted);
                reached = kept.end();
            }
        }
        add(splices, reached, original.length(), inserted);
        return List.copyOf(splices);
    }

    private static void add(List<Splice> splices, int from, int to, StringBuilder inserted) {
        if (from < to || !inserted.isEmpty()) {
            splices.add(new Splice(from, to - from, inserted.toString()));
            inserted.setLength(0);
        }
    }
}
