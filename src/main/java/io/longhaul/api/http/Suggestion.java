package io.longhaul.api.http;

import io.longhaul.tools.params.NearestName;
import java.util.Collection;

/** Suggests the known name that a client probably meant. */
public final class Suggestion {
    private Suggestion() {}

    /** The error message for an unknown name: a suggestion, or all known names. */
    public static String sentence(String what, String name, Collection<String> known) {
        String cure = NearestName.of(name, known)
                .map(meant -> ": did you mean " + meant + "?")
                .orElseGet(() -> known.isEmpty() ? ", which takes none" : ", which takes " + String.join(", ", known));
        return "is no " + what + cure;
    }
}
