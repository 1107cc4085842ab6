package io.longhaul.console.operations;

import io.longhaul.api.description.AnyQuery;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.auth.Role;
import io.longhaul.console.Page;
import io.longhaul.console.Paths;
import io.longhaul.console.Section;
import io.longhaul.console.Visitor;
import io.longhaul.schema.Cures;
import io.longhaul.schema.migrate.MigrationLock;
import io.longhaul.schema.watch.SchemaState;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import java.sql.SQLException;
import java.time.Instant;
import java.util.function.Supplier;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Jdbi;

/** The schema: its level, what is pending, and what differs. It only shows; the commands on it change the schema. */
@Path(Paths.SCHEMA)
@Produces("text/html;charset=utf-8")
public final class SchemaPage {
    private final Supplier<SchemaState> schema;
    private final Jdbi jdbi;
    private final Cures cures;

    /**
     * The page.
     *
     * @param schema the latest verdict, which needs no database
     * @param cures commands about the same database
     */
    public SchemaPage(Supplier<SchemaState> schema, Jdbi jdbi, Cures cures) {
        this.cures = cures;
        this.schema = schema;
        this.jdbi = jdbi;
    }

    /** Shows it, with or without tables. */
    @GET
    @RequiresRole(Role.READ)
    @AnyQuery
    public Page show(@Context HttpServletRequest request) {
        SchemaState state = schema.get();
        // Where the server keeps its file is for those who work on it.
        Cures shown = Visitor.of(request).mayOperate() ? cures : new Cures("FILE");
        return new Page(
                "schema",
                "Schema",
                Section.SCHEMA,
                new SchemaView(
                        state,
                        migration(state),
                        shown.command("schema diff"),
                        WholeCommands.schema(request, shown),
                        Instant.now()));
    }

    private String migration(SchemaState state) {
        if (state.status() == SchemaState.Status.UNREACHABLE) {
            return null;
        }
        try {
            return jdbi.withHandle(
                    handle -> MigrationLock.holder(handle.getConnection()).orElse(""));
        } catch (SQLException | ConnectionException e) {
            return null;
        }
    }
}
