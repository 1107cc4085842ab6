package io.longhaul.api.http;

import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads ids that clients send. */
public final class Ids {
    private static final int MOST_SHOWN = 100;
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    private Ids() {}

    /** Empty if the text is not a UUID. */
    public static Optional<UUID> parse(String id) {
        return ID.matcher(id).matches() ? Optional.of(UUID.fromString(id)) : Optional.empty();
    }

    /** A text that a client sent as an id, shortened for an error message. */
    public static String shown(String id) {
        return id.length() > MOST_SHOWN ? id.substring(0, MOST_SHOWN) + "..." : id;
    }
}
