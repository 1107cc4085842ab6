package io.longhaul.doctor;

import io.longhaul.schema.Cures;
import io.longhaul.schema.Queries;
import io.longhaul.schema.ServerTraits;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.catalog.Owners;
import io.longhaul.schema.watch.SchemaExpectation;
import io.longhaul.schema.watch.SchemaFinding;
import io.longhaul.schema.watch.SchemaState;
import io.longhaul.schema.watch.SchemaVerdict;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/** Checks the schema, the rights on it, and the role. */
final class SchemaChecks {
    private static final String SCHEMA = "schema";

    private SchemaChecks() {}

    static Result schema(Connection connection, Cures cures) {
        SchemaExpectation expectation = SchemaExpectation.packed();
        SchemaVerdict verdict = new SchemaVerdict(expectation, cures);
        try {
            Optional<SchemaState> unfit = verdict.of(ServerTraits.read(connection));
            CatalogSnapshot snapshot = CatalogSnapshot.read(connection);
            SchemaState state = unfit.isEmpty() ? verdict.of(snapshot) : unfit.get();
            return state.ready()
                    ? ready(state, expectation.compare(snapshot), cures)
                    : Result.fail(SCHEMA, state.reason(), state.cure());
        } catch (SQLException e) {
            SchemaState state = verdict.of(e);
            return Result.fail(SCHEMA, state.reason(), state.cure());
        }
    }

    private static Result ready(SchemaState state, SchemaFinding finding, Cures cures) {
        long others = finding.differences().size();
        if (!finding.isBenign() || !finding.pending().isEmpty()) {
            return Result.warn(
                    SCHEMA,
                    "%s; %d differences, %d changesets are pending. %s"
                            .formatted(
                                    finding.levels(), others, finding.pending().size(), state.reason())
                            .strip(),
                    state.cure().isEmpty() ? cures.verify() + " shows them and the repair" : state.cure());
        }
        return Result.ok(
                SCHEMA,
                finding.levels()
                        + (others == 0 ? "; no difference." : "; " + others + " differences, all of them harmless."));
    }

    /** A role that serves needs rights on rows only. */
    static Result role(Connection connection, Cures cures) throws SQLException {
        String name = Queries.first(connection, "SELECT quote_ident(current_user)");
        return Queries.isTrue(connection, "SELECT current_setting('is_superuser') = 'on'")
                ? Result.warn(
                        "role",
                        name + " is a superuser: whoever gets its password owns the whole server.",
                        "Run as a superuser what `" + cures.roles()
                                + "` prints, as its first lines say, and set DATABASE_USER=longhaul_app")
                : Result.ok("role", name + " is no superuser.");
    }

    /** The login for schema changes has to own the tables, which a restore may give to another role. */
    static Result owner(Connection asMigration, Cures cures) throws SQLException {
        SchemaExpectation expectation = SchemaExpectation.packed();
        int others = Owners.handOver(asMigration, expectation.facts(expectation.level()))
                .size();
        String name = Queries.first(asMigration, "SELECT quote_ident(current_user)");
        return others == 0
                ? Result.ok("owner", name + " owns the tables, or may act for their owner.")
                : Result.warn(
                        "owner",
                        others + " tables and other objects belong to roles for which " + name
                                + ", the login for migrations, may not act: no migration can change them.",
                        "Run as a superuser the statements that `" + cures.adopt() + "` prints");
    }
}
