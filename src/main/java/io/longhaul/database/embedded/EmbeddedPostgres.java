package io.longhaul.database.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL inside the jar, run as a child process on 127.0.0.1 with its data in one folder.
 *
 * <p>It is as durable as any other: acknowledged data survives a kill of this JVM, of the server, or of both. If only
 * the JVM was killed the server lives on, and the next {@link #start} takes it over.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private final Startup.Running running;
    private final Thread exitHook = new Thread(this::stop, "stop-postgres");
    private boolean stopped;

    private EmbeddedPostgres(Startup.Running running) {
        this.running = running;
    }

    /**
     * Starts the server of a folder, or takes over the one that a killed process left running there.
     *
     * @param dataFolder created if missing
     * @return a server that takes connections and has the database {@code longhaul}
     * @throws EmbeddedPostgresException with cause and cure in one line
     */
    public static EmbeddedPostgres start(Path dataFolder) {
        return start(dataFolder, Map.of());
    }

    /**
     * Starts the server with additional settings, named as in postgresql.conf; they do not affect a server that is
     * taken over.
     */
    public static EmbeddedPostgres start(Path dataFolder, Map<String, String> settings) {
        return open(dataFolder, settings, Startup::own);
    }

    /** Uses the server that runs on a folder and leaves it running; if none runs, starts one until {@link #close}. */
    public static EmbeddedPostgres attach(Path dataFolder) {
        return open(dataFolder, Map.of(), Startup::attach);
    }

    /** Carries data from one server to another. */
    public interface Carrier {
        /** Copies everything; whatever it throws leaves the data of the first server as it was. */
        void carry(EmbeddedPostgres from, EmbeddedPostgres to) throws Exception;
    }

    /**
     * Brings the data of a folder from an older major version of PostgreSQL to the one in this jar. The old data stays
     * beside the new. A second call goes on after one that was killed.
     *
     * @param programs a folder with the old version's programs, or a jar that holds them; null to look for them
     * @return one line about what was done
     * @throws EmbeddedPostgresException with cause and cure in one line, also if there is nothing to bring over
     */
    public static String upgrade(Path dataFolder, Path programs, Carrier carrier) throws Exception {
        return new MajorUpgrade(DataFolder.at(dataFolder), programs, carrier).run();
    }

    /** Starts the server of a folder with given programs. */
    static EmbeddedPostgres startWith(DataFolder folder, Startup.ProgramsOf programs) {
        return open(folder.root(), Map.of(), startup -> new Startup(folder, Map.of(), programs).own());
    }

    private static EmbeddedPostgres open(Path dataFolder, Map<String, String> settings, Way way) {
        DataFolder folder = DataFolder.at(dataFolder);
        try {
            EmbeddedPostgres postgres = new EmbeddedPostgres(way.open(new Startup(folder, settings)));
            Runtime.getRuntime().addShutdownHook(postgres.exitHook);
            postgres.running.guard().ifPresent(PostmasterGuard::watch);
            LOG.info("PostgreSQL serves on {}", postgres.jdbcUrl());
            return postgres;
        } catch (IOException e) {
            throw folder.unusable(e);
        } catch (SQLException e) {
            throw new EmbeddedPostgresException(
                    "PostgreSQL on " + folder.root() + " cannot be used (" + e.getMessage() + ")",
                    "see " + folder.log() + ", or use a PostgreSQL of your own by DATABASE_URL",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("interrupted while PostgreSQL started", "start again", e);
        }
    }

    /** A JDBC address without user and password. */
    public String jdbcUrl() {
        return running.postmaster().jdbcUrl(EmbeddedLogin.NAME);
    }

    /** The role that owns everything. */
    public String user() {
        return running.login().user();
    }

    /** The role's password, random for each data folder; do not log it. */
    public String password() {
        return running.login().password();
    }

    /**
     * From now on only {@link #close} stops the server. Without this call the end of the JVM stops it too, at the same
     * time as everything else; a server that drains needs its database to the end.
     */
    public void stopOnlyOnClose() {
        PostmasterLauncher.removeExitHook(exitHook);
    }

    /** Stops the server if this object started it, and waits until everything is written. */
    @Override
    public void close() {
        PostmasterLauncher.removeExitHook(exitHook);
        stop();
    }

    private synchronized void stop() {
        if (stopped) {
            return;
        }
        stopped = true;
        try {
            if (running.guard().isPresent()) {
                running.guard().get().end();
                LOG.info("PostgreSQL stopped");
            }
        } catch (IOException e) {
            LOG.warn(
                    "PostgreSQL (process {}) could not be stopped",
                    running.postmaster().pid(),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Starts a server or finds a running one. */
    private interface Way {
        Startup.Running open(Startup startup) throws IOException, InterruptedException, SQLException;
    }
}
