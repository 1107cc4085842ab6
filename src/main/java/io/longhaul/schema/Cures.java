package io.longhaul.schema;

import java.util.Objects;

/**
 * The commands that cure a schema, worded for the configuration at hand.
 *
 * @param configuration the configuration file as the operator names it, such as {@code config.yml}; empty for none
 */
public record Cures(String configuration) {
    /** Rejects null: no file is an empty text. */
    public Cures {
        Objects.requireNonNull(configuration, "configuration");
    }

    String migrate() {
        return command("db migrate");
    }

    String verify() {
        return command("schema verify");
    }

    String command(String words) {
        return ("java -jar app.jar " + words + " " + configuration).trim();
    }
}
