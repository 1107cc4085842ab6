package io.longhaul.schema.commands;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** {@code db roles}: prints {@code docs/roles.sql}, which the jar carries, for whoever has no more than the jar. */
final class DbRoles implements DbActions.Body {
    static final String NAME = "roles";

    private DbRoles() {}

    static DbActions.Action action() {
        return new DbActions.Action(
                NAME,
                "Prints the SQL that makes two roles, one that owns the schema and one for servers. Its first lines say"
                        + " how to run it with psql.",
                DbRoles::configure,
                false,
                new DbRoles());
    }

    @Override
    public void run(Namespace arguments, CommandDatabase database) throws IOException {
        try (InputStream in = DbRoles.class.getResourceAsStream("/roles.sql")) {
            CommandConsole.result(new String(in.readAllBytes(), StandardCharsets.UTF_8).stripTrailing());
        }
    }

    private static void configure(Subparser parser) {
        parser.addArgument("file").nargs("?").help("application configuration file");
    }
}
