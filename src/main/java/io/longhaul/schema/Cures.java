package io.longhaul.schema;

import java.util.Objects;

/**
 * Commands that repair a schema, written for the operator's own configuration file.
 *
 * @param configuration the configuration file as the operator named it, such as {@code config.yml}; empty for none
 * @param besideRepairs true if the statements that repair the schema are printed above the cure
 */
public record Cures(String configuration, boolean besideRepairs) {
    /** Rejects null: no file is an empty text. */
    public Cures {
        Objects.requireNonNull(configuration, "configuration");
    }

    /** Cures for messages that do not print the repairing statements. */
    public Cures(String configuration) {
        this(configuration, false);
    }

    public Cures asBesideRepairs() {
        return new Cures(configuration, true);
    }

    public String migrate() {
        return command("db migrate");
    }

    public String verify() {
        return command("schema verify");
    }

    public String adopt() {
        return command("schema adopt");
    }

    public String repair() {
        return besideRepairs ? "the statements above" : verify() + " shows the repair";
    }

    public String migrateAndRepair() {
        return migrate() + ", and for what was changed by hand "
                + (besideRepairs ? "the statements above" : verify() + ", which shows the repair");
    }

    /**
     * A command line of this program.
     *
     * @param words as typed, without the configuration file
     */
    public String command(String words) {
        return ("java -jar app.jar " + words + " " + configuration).trim();
    }
}
