package io.longhaul.schema;

import java.util.Objects;

/**
 * The commands that cure a schema, worded for the configuration at hand.
 *
 * @param configuration the configuration file as the operator names it, such as {@code config.yml}; empty for none
 * @param besideRepairs whether the statements that repair the schema are shown beside the cure
 */
public record Cures(String configuration, boolean besideRepairs) {
    /** Rejects null: no file is an empty text. */
    public Cures {
        Objects.requireNonNull(configuration, "configuration");
    }

    /**
     * For whoever does not see the statements that repair the schema.
     *
     * @param configuration the configuration file as the operator names it; empty for none
     */
    public Cures(String configuration) {
        this(configuration, false);
    }

    /** The same beside the statements that repair the schema. */
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
     * A command of this program.
     *
     * @param words as typed, without the configuration file
     * @return how to run it
     */
    public String command(String words) {
        return ("java -jar app.jar " + words + " " + configuration).trim();
    }
}
