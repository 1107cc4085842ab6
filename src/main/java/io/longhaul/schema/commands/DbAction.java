package io.longhaul.schema.commands;

import io.dropwizard.migrations.AbstractLiquibaseCommand;
import java.util.function.Consumer;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/**
 * One word after {@code db}.
 *
 * @param name the word
 * @param description what it does, for the help
 * @param configure adds its arguments
 * @param destructive whether it can take something away, so that the embedded database must be named
 * @param body does it
 */
record DbAction(String name, String description, Consumer<Subparser> configure, boolean destructive, Body body) {
    /** The work of an action. */
    @FunctionalInterface
    interface Body {
        void run(Namespace arguments, CommandDatabase database) throws Exception;
    }

    /** An action whose words and arguments are those of Dropwizard's command. */
    static DbAction like(AbstractLiquibaseCommand<?> command, boolean destructive, Body body) {
        return new DbAction(command.getName(), command.getDescription(), command::configure, destructive, body);
    }
}
