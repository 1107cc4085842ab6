package io.longhaul.testing;

import io.longhaul.database.embedded.StoppablePostgres;
import java.io.IOException;
import java.nio.file.Path;
import javax.sql.DataSource;

/** A PostgreSQL with one database that a test stops and starts as it likes. */
public interface StoppableServer extends AutoCloseable {
    /**
     * Makes one: of the PostgreSQL that is installed here, else of the one in the jar.
     *
     * @param folder for the latter
     * @return not started
     */
    static StoppableServer in(Path folder) throws IOException, InterruptedException {
        boolean installed = TestServer.mayBeInstalled() && InstalledPostgres.isThere();
        return installed ? InstalledPostgres.create() : StoppablePostgres.in(folder);
    }

    /** Starts it, on the same port each time. */
    void start() throws IOException, InterruptedException;

    /** Ends it in the middle of everything, as {@code pg_ctl stop -m immediate} does. It recovers at the next start. */
    void crash() throws IOException, InterruptedException;

    /**
     * Where to connect.
     *
     * @return a JDBC URL without user and password
     */
    String jdbcUrl();

    /**
     * The role that owns everything.
     *
     * @return its name
     */
    String user();

    /**
     * The role's password.
     *
     * @return null where none is needed
     */
    String password();

    /**
     * Opens a new connection each time it is asked.
     *
     * @return a source without a pool
     */
    DataSource dataSource();

    @Override
    void close() throws IOException, InterruptedException;
}
