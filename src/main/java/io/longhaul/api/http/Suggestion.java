package io.longhaul.api.http;

import io.longhaul.tools.params.NearestName;
import java.util.Collection;

/** Suggests the known name that a client probably meant. */
public final class Suggestion {
    private Suggestion() {}

    /** The error message for a value that is none of these: they are few, so that all are named. */
    public static String oneOf(String given, Collection<String> known) {
        return "must be one of " + String.join(", ", known) + hint(given, known);
    }

    /** What was probably meant by one that is none of these; empty if nobody can tell. */
    public static String hint(String given, Collection<String> known) {
        return NearestName.of(given, known)
                .map(meant -> ": did you mean " + meant + "?")
                .orElse("");
    }

    /** The error message for an unknown name: a suggestion, or all known names. */
    public static String sentence(String what, String name, Collection<String> known) {
        String cure = NearestName.of(name, known)
                .map(meant -> ": did you mean " + meant + "?")
                .orElseGet(() -> known.isEmpty() ? ", which takes none" : ", which takes " + String.join(", ", known));
        return "is no " + what + cure;
    }
}
