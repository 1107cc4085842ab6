package io.longhaul.schema;

import io.longhaul.environment.Program;
import java.util.Objects;
import net.sourceforge.argparse4j.inf.Namespace;

/**
 * Commands that repair a schema, written for the operator's own configuration file.
 *
 * @param configuration the configuration file as the operator named it, such as {@code config.yml}; empty for none
 * @param besideRepairs true if the statements that repair the schema are printed above the cure
 * @param program how the program is called
 */
public record Cures(String configuration, boolean besideRepairs, String program) {
    /** Rejects null: no file is an empty text. */
    public Cures {
        Objects.requireNonNull(configuration, "configuration");
    }

    /** Cures for whoever called a command, with the file among its arguments; the arguments may be null. */
    public static Cures of(Namespace arguments) {
        String file = arguments == null ? null : arguments.getString("file");
        return new Cures(file == null ? "" : file).toCaller();
    }

    /** Cures for messages that do not print the repairing statements. */
    public Cures(String configuration) {
        this(configuration, false, Program.name());
    }

    /** The same cures for whoever called this process, who named the jar as it is found from there. */
    public Cures toCaller() {
        return new Cures(configuration, besideRepairs, Program.called());
    }

    public Cures asBesideRepairs() {
        return new Cures(configuration, true, program);
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

    /** Makes a key that may do everything. */
    public String firstKey() {
        return command("key create --name me --role admin");
    }

    /** Prints the SQL that makes the roles. */
    public String roles() {
        return command("db roles");
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
        return (program + " " + words + " " + configuration).trim();
    }
}
