package io.longhaul.api.http;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds the name that was meant by one that is not known. */
public final class Suggestion {
    /** Two letters wrong, or one in a short name; beyond that a guess would be about another word. */
    private static final int MOST_WRONG = 2;

    private static final int SHORT = 4;

    private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

    private Suggestion() {}

    /** What is wrong with an unknown name, in words: what was probably meant, or else all names that there are. */
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

    /** Without what is often written otherwise: capitals, hyphens, underscores, brackets. */
    private static String plain(String name) {
        String cut = name.length() > 100 ? name.substring(0, 100) : name;
        return cut.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }
}
