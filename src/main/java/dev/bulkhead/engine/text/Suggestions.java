package dev.bulkhead.engine.text;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Suggests names for a misspelt one. */
public final class Suggestions {
    private static final int MOST = 3;

    private Suggestions() {}

    /** The names that contain the text or differ from it in few characters, the closest first. */
    public static List<String> of(String text, List<String> names) {
        String lower = text.toLowerCase(Locale.ROOT);
        int tolerated = Math.max(2, lower.length() / 3);
        return names.stream()
                .filter(name -> distance(lower, name, tolerated) <= tolerated)
                .sorted(Comparator.comparingInt(name -> distance(lower, name, tolerated)))
                .limit(MOST)
                .toList();
    }

    private static int distance(String text, String name, int tolerated) {
        String lower = name.toLowerCase(Locale.ROOT);
        // A name that contains the text counts as closer the more of it the text covers.
        int contained = text.length() > 2 && lower.contains(text) ? tolerated : Integer.MAX_VALUE;
        return Math.min(contained, levenshtein(text, lower));
    }

    /** The edit distance between two texts. */
    public static int levenshtein(String a, String b) {
        int[] above = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
