package io.longhaul.tools.params;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.DamerauLevenshteinDistance;

/** Finds the known name that somebody probably meant. */
public final class NearestName {
    /**
     * Allows two wrong letters, or one in a short name; two letters in the wrong order count as one. With more, it is
     * probably another word.
     */
    private static final int MOST_WRONG = 2;

    private static final int SHORT = 4;

    private static final int LONGEST = 100;

    private static final Pattern IGNORED = Pattern.compile("[^a-z0-9]");

    private static final DamerauLevenshteinDistance DISTANCE = new DamerauLevenshteinDistance();

    private NearestName() {}

    /** The nearest of the known names, if one is near. */
    public static Optional<String> of(String name, Collection<String> known) {
        String given = plain(name);
        return known.stream()
                .filter(candidate -> isNear(given, plain(candidate)))
                .min(Comparator.comparingInt(candidate -> DISTANCE.apply(given, plain(candidate))));
    }

    private static boolean isNear(String given, String candidate) {
        boolean isPart = given.length() > 2 && (candidate.contains(given) || given.contains(candidate));
        int most = candidate.length() <= SHORT ? 1 : MOST_WRONG;
        // The distance is at least the difference of the lengths, and takes much longer to find.
        return isPart
                || (Math.abs(given.length() - candidate.length()) <= most && DISTANCE.apply(given, candidate) <= most);
    }

    /** Ignores case, hyphens, underscores and brackets. */
    private static String plain(String name) {
        String cut = name.length() > LONGEST ? name.substring(0, LONGEST) : name;
        return IGNORED.matcher(cut.toLowerCase(Locale.ROOT)).replaceAll("");
    }
}
