package io.longhaul.schema.commands;

import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** One word after {@code schema}. */
interface SchemaAction {
    /** The word. */
    String name();

    /** Adds description and arguments. */
    void configure(Subparser parser);

    /** Whether it opens the database that the configuration names. */
    default boolean needsDatabase(Namespace arguments) {
        return true;
    }

    /** Whether it writes, as the role that owns the schema. */
    default boolean changes() {
        return false;
    }

    /**
     * Does it.
     *
     * @param database null if none is needed
     */
    void run(Namespace arguments, CommandDatabase database) throws Exception;
}
