package io.longhaul.api.http;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Suggests the known name that a client probably meant. */
public final class Suggestion {
    /** Allows two wrong letters, or one in a short name. With more, it is probably another word. */
    private static final int MOST_WRONG = 2;

    private static final int SHORT = 4;

    private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

    private Suggestion() {}

    /** The error message for an unknown name: a suggestion, or all known names. */
    public static String sentence(String what, String name, Collection<String> known) {
        String cure = nearest(name, known)
                .map(meant -> ": did you mean " + meant + "?")
                .orElseGet(() -> known.isEmpty() ? ", which takes none" : ", which takes " + String.join(", ", known));
        return "is no " + what + cure;
    }

    static Optional<String> nearest(String name, Collection<String> known) {
        String given = plain(name);
        return known.stream()
                .filter(candidate -> isNear(given, plain(candidate)))
                .min(Comparator.comparingInt(candidate -> DISTANCE.apply(given, plain(candidate))));
    }

    private static boolean isNear(String given, String candidate) {
        int wrong = DISTANCE.apply(given, candidate);
        boolean isPart = given.length() > 2 && (candidate.contains(given) || given.contains(candidate));
        return isPart || wrong <= (candidate.length() <= SHORT ? 1 : MOST_WRONG);
    }

    /** Ignores case, hyphens, underscores and brackets. */
    private static String plain(String name) {
        String cut = name.length() > 100 ? name.substring(0, 100) : name;
        return cut.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
