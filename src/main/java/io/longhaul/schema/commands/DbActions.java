package io.longhaul.schema.commands;

import io.dropwizard.core.Configuration;
import io.dropwizard.db.DatabaseConfiguration;
import io.dropwizard.migrations.AbstractLiquibaseCommand;
import io.dropwizard.migrations.DbClearChecksumsCommand;
import io.dropwizard.migrations.DbDumpCommand;
import io.dropwizard.migrations.DbFastForwardCommand;
import io.dropwizard.migrations.DbGenerateDocsCommand;
import io.dropwizard.migrations.DbMigrateCommand;
import io.dropwizard.migrations.DbPrepareRollbackCommand;
import io.dropwizard.migrations.DbRollbackCommand;
import io.dropwizard.migrations.DbTagCommand;
import io.dropwizard.migrations.DbTestCommand;
import io.longhaul.schema.Changelog;
import io.longhaul.schema.CommandFailure;
import io.longhaul.schema.Cures;
import io.longhaul.schema.Renumbered;
import io.longhaul.schema.catalog.CatalogSnapshot;
import io.longhaul.schema.migrate.ChangeReport;
import io.longhaul.schema.migrate.MigrationSession;
import io.longhaul.schema.migrate.QuietLiquibase;
import io.longhaul.schema.watch.SchemaExpectation;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import liquibase.Liquibase;
import net.sourceforge.argparse4j.inf.Namespace;
import net.sourceforge.argparse4j.inf.Subparser;

/** All commands after {@code db}. Those that change the database run under the migration lock. */
public final class DbActions<T extends Configuration> {
    private final DatabaseConfiguration<T> database;
    private final Class<T> type;
    private final Changelog changelog;

    DbActions(DatabaseConfiguration<T> database, Class<T> type, Changelog changelog) {
        this.database = database;
        this.type = type;
        this.changelog = changelog;
    }

    /**
     * One command after {@code db}.
     *
     * @param name as typed
     * @param description for the help
     * @param configure adds its arguments
     * @param destructive true if it can remove something: then the embedded database must be named by an option
     * @param body does the work
     */
    record Action(String name, String description, Consumer<Subparser> configure, boolean destructive, Body body) {
        /** An action with the name and arguments of a Dropwizard command. */
        static Action like(AbstractLiquibaseCommand<?> command, boolean destructive, Body body) {
            return new Action(command.getName(), command.getDescription(), command::configure, destructive, body);
        }
    }

    @FunctionalInterface
    interface Body {
        void run(Namespace arguments, CommandDatabase database) throws Exception;
    }

    /** The work of a Dropwizard command. */
    @FunctionalInterface
    public interface Work {
        void run(Namespace arguments, Liquibase liquibase) throws Exception;
    }

    Map<String, Action> all() {
        Map<String, Action> actions = new TreeMap<>();
        changing(actions);
        reading(actions);
        return actions;
    }

    private void changing(Map<String, Action> actions) {
        String root = changelog.root();
        var migrate = new DbMigrateCommand<>(database, type, root);
        add(actions, Action.like(migrate, false, new DbMigrate(changelog, migrate::run)));
        var rollback = new DbRollbackCommand<>(database, type, root);
        add(actions, Action.like(rollback, true, new DbRollback(changelog, rollback::run)));
        var tag = new DbTagCommand<>(database, type, root);
        add(actions, Action.like(tag, false, locked(tag::run, "Tagged.")));
        var test = new DbTestCommand<>(database, type, root);
        Body testing = locked(test::run, "Migrated, rolled back and migrated again.");
        add(actions, Action.like(test, true, (arguments, opened) -> {
            try (Connection connection = opened.connectAsItIs()) {
                Renumbered.refuse(connection, Cures.of(arguments));
                requireNothingNewer(CatalogSnapshot.read(connection));
            }
            testing.run(arguments, opened);
        }));
        var forward = new DbFastForwardCommand<T>(database, type, root) {};
        Body forwarding = locked(forward::run, "Recorded as applied; nothing was run.");
        add(actions, Action.like(forward, true, new DbFastForward(forwarding)));
        var clear = new DbClearChecksumsCommand<>(database, type, root);
        add(actions, Action.like(clear, true, locked(clear::run, "Cleared: the next migrate records them again.")));
        add(actions, DbLocks.action());
    }

    private void reading(Map<String, Action> actions) {
        String root = changelog.root();
        add(actions, DbStatus.action());
        add(actions, DbRoles.action());
        add(actions, DbChecksum.action(changelog));
        var prepare = new DbPrepareRollbackCommand<>(database, type, root);
        add(actions, Action.like(prepare, false, plain(prepare::run)));
        var docs = new DbGenerateDocsCommand<>(database, type, root);
        add(actions, Action.like(docs, false, plain(docs::run)));
        var dump = CommandConsole.keptOpen(() -> new DbDumpCommand<>(database, type, root));
        add(actions, Action.like(dump, false, plain(dump::run)));
    }

    private Body locked(Work work, String done) {
        return (arguments, opened) -> {
            ChangeReport changes = new ChangeReport(CommandConsole::progress);
            try (MigrationSession session = session(arguments, opened)) {
                session.run(changelog.root(), liquibase -> work.run(arguments, liquibase), changes);
            }
            CommandConsole.progress(done);
        };
    }

    private Body plain(Work work) {
        return (arguments, opened) -> withoutLock(arguments, opened, changelog, work);
    }

    static MigrationSession session(Namespace arguments, CommandDatabase opened) throws Exception {
        MigrationSession session =
                MigrationSession.open(opened.work(), opened.side(), arguments.get("wait"), CommandConsole::progress);
        try {
            Renumbered.refuse(session.connection(), Cures.of(arguments));
            return session;
        } catch (SQLException | CommandFailure e) {
            session.close();
            throw e;
        }
    }

    /**
     * This release can only roll back what it knows. Below changesets of a newer release that would leave a broken
     * schema.
     */
    static void requireNothingNewer(CatalogSnapshot snapshot) throws CommandFailure {
        List<String> newer = SchemaExpectation.packed().compare(snapshot).unknown();
        if (!newer.isEmpty()) {
            throw new CommandFailure("a newer release has migrated this schema (" + String.join(", ", newer)
                    + "): roll back with its jar; nothing was changed.");
        }
    }

    static void withoutLock(Namespace arguments, CommandDatabase opened, Changelog changelog, Work work)
            throws Exception {
        try (Connection connection = opened.connect()) {
            Renumbered.refuse(connection, Cures.of(arguments));
            QuietLiquibase.read(connection, changelog.root(), liquibase -> work.run(arguments, liquibase));
        }
    }

    /**
     * Makes work on a number of changesets repeatable: changesets of earlier attempts count.
     *
     * @param changes counts over all attempts
     */
    public static QuietLiquibase.Action counted(Work work, Namespace arguments, ChangeReport changes) {
        return liquibase -> {
            Integer wanted = arguments.getInt("count");
            if (wanted == null || changes.changes() == 0) {
                work.run(arguments, liquibase);
            } else if (wanted > changes.changes()) {
                Map<String, Object> rest = new HashMap<>(arguments.getAttrs());
                rest.put("count", wanted - changes.changes());
                work.run(new Namespace(rest), liquibase);
            }
        };
    }

    /** False also for a command that has no such flag. */
    static boolean isSet(Namespace arguments, String flag) {
        return Boolean.TRUE.equals(arguments.getBoolean(flag));
    }

    private static void add(Map<String, Action> actions, Action action) {
        actions.put(action.name(), action);
    }
}
