package io.longhaul.cli.remote;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that was probably meant. */
public final class Suggestion {
    private Suggestion() {}

    /** The nearest name, if a third of the letters or less are wrong. */
    public static Optional<String> of(String word, Collection<String> names) {
        return names.stream()
                .filter(name -> distance(word, name) <= Math.max(1, Math.max(word.length(), name.length()) / 3))
                .min(Comparator.comparingInt(name -> distance(word, name)));
    }

    /** Number of letters to insert, remove, change or swap with the next. */
    private static int distance(String a, String b) {
        int[][] wrong = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                wrong[i][j] = i == 0 || j == 0 ? i + j : least(wrong, a, b, i, j);
            }
        }
        return wrong[a.length()][b.length()];
    }

    private static int least(int[][] wrong, String a, String b, int i, int j) {
        int changed = wrong[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        int least = Math.min(changed, Math.min(wrong[i - 1][j], wrong[i][j - 1]) + 1);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(least, wrong[i - 2][j - 2] + 1) : least;
    }
}
