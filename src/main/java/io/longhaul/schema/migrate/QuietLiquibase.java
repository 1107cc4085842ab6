package io.longhaul.schema.migrate;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.UpdateSummaryOutputEnum;
import liquibase.changelog.FastCheckService;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.changelog.visitor.ChangeExecListener;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.logging.LogService;
import liquibase.logging.Logger;
import liquibase.logging.core.AbstractLogService;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.ui.LoggerUIService;

/** Runs Liquibase without banner, summary and usage reports, on a connection that it does not close. */
public final class QuietLiquibase {
    /** Liquibase keeps its scope in a static field. */
    private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock();

    private static final Map<String, Object> SCOPE =
            Map.of(Scope.Attr.ui.name(), new LoggerUIService(), "liquibase.analytics.enabled", false);

    static {
        // Appears in the row of Liquibase's lock, so that a dead migrator of this service can be told from another
        // application.
        System.setProperty("liquibase.hostDescription", ChangelogLock.MARK);
    }

    /** Work with a Liquibase that is ready to use. */
    @FunctionalInterface
    public interface Action {
        void run(Liquibase liquibase) throws Exception;
    }

    private QuietLiquibase() {}

    /** Runs an action that only reads or prints, such as a dry run. */
    public static void read(Connection connection, String root, Action action) throws Exception {
        run(connection, root, action, new AbstractChangeExecListener() {});
    }

    static void run(Connection connection, String root, Action action, ChangeExecListener changes) throws Exception {
        ONE_AT_A_TIME.lock();
        try {
            Map<String, Object> scope = new HashMap<>(SCOPE);
            scope.put(Scope.Attr.logService.name(), new ItsOwnLogs());
            Scope.child(scope, () -> {
                // The cache remembers per process that a database was up to date, even after a rollback.
                Scope.getCurrentScope().getSingleton(FastCheckService.class).clearCache();
                action.run(liquibase(connection, root, changes));
            });
        } finally {
            ONE_AT_A_TIME.unlock();
            endTransaction(connection);
        }
    }

    /** Liquibase turns autocommit off, and leaves a failed transaction open. */
    private static void endTransaction(Connection connection) {
        try {
            if (!connection.getAutoCommit()) {
                connection.rollback();
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            // The connection broke. The caller gets the error that broke it.
        }
    }

    private static Liquibase liquibase(Connection connection, String root, ChangeExecListener changes)
            throws Exception {
        Database database =
                DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new MigrationConnection(connection));
        ClassLoader loader = QuietLiquibase.class.getClassLoader();
        Liquibase liquibase = new Liquibase(root, new ClassLoaderResourceAccessor(loader), database);
        liquibase.setShowSummary(UpdateSummaryEnum.OFF);
        liquibase.setShowSummaryOutput(UpdateSummaryOutputEnum.LOG);
        liquibase.setChangeExecListener(changes);
        return liquibase;
    }

    /** Logs this service's Liquibase extensions under the name of Liquibase. */
    private static final class ItsOwnLogs extends AbstractLogService {
        private final LogService logs = Scope.getCurrentScope().get(Scope.Attr.logService, LogService.class);

        @Override
        public int getPriority() {
            return PRIORITY_NOT_APPLICABLE;
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Logger getLog(Class of) {
            return logs.getLog(of.getName().startsWith("liquibase.") ? of : Liquibase.class);
        }
    }
}
