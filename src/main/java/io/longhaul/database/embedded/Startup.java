package io.longhaul.database.embedded;

import io.longhaul.logging.SlowStep;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the server of a folder, or finds it running. */
final class Startup {
    /**
     * A server in use.
     *
     * @param postmaster the server
     * @param login its login
     * @param guard empty if another process stops the server
     */
    record Running(Postmaster postmaster, EmbeddedLogin login, Optional<PostmasterGuard> guard) {}

    private static final Logger LOG = LoggerFactory.getLogger(Startup.class);

    /** The time that a first start may take on a slow machine. */
    private static final Duration OTHERS_START = Duration.ofMinutes(2);

    private final DataFolder folder;
    private final Map<String, String> settings;
    private final ProgramsOf source;

    /** Finds the programs to run. */
    interface ProgramsOf {
        Programs in(DataFolder folder) throws IOException, InterruptedException;
    }

    Startup(DataFolder folder, Map<String, String> settings) {
        this(folder, settings, Programs::in);
    }

    Startup(DataFolder folder, Map<String, String> settings, ProgramsOf source) {
        this.folder = folder;
        this.settings = settings;
        this.source = source;
    }

    /** A server that this process stops: a new one, or one that a killed process left behind. */
    Running own() throws IOException, InterruptedException, SQLException {
        InstanceLock lock = InstanceLock.tryAcquire(folder).orElseThrow(() -> InstanceLock.refusal(folder));
        return holding(lock, Postmaster.Stop.FAST, true);
    }

    /** The running server; a new one only if none runs. */
    Running attach() throws IOException, InterruptedException, SQLException {
        Poll poll = new Poll(OTHERS_START);
        do {
            Optional<InstanceLock> lock = InstanceLock.tryAcquire(folder);
            if (lock.isPresent()) {
                // Another command may have attached to this server in the meantime: let it end.
                return holding(lock.get(), Postmaster.Stop.SMART, false);
            }
            for (Path cluster : folder.startingWith(Cluster.PREFIX)) {
                Optional<Postmaster> found = Postmaster.find(cluster);
                if (found.isPresent()) {
                    return new Running(found.get(), EmbeddedLogin.of(folder), Optional.empty());
                }
            }
        } while (poll.again());
        throw InstanceLock.refusal(folder);
    }

    private Running holding(InstanceLock lock, Postmaster.Stop how, boolean takeOver)
            throws IOException, InterruptedException, SQLException {
        boolean kept = false;
        try {
            Running running = startOrFind(lock, how, takeOver);
            kept = running.guard().isPresent();
            return running;
        } finally {
            if (!kept) {
                lock.close();
            }
        }
    }

    private Running startOrFind(InstanceLock lock, Postmaster.Stop how, boolean takeOver)
            throws IOException, InterruptedException, SQLException {
        EmbeddedLogin login = EmbeddedLogin.of(folder);
        Programs programs = source.in(folder);
        Path cluster = new Cluster(folder, programs).directory(login);
        Optional<Postmaster> left = Postmaster.find(cluster);
        if (left.isPresent() && !takeOver) {
            return new Running(left.get(), login, Optional.empty());
        }
        if (left.isPresent() && !left.get().runs(programs)) {
            end(left.get(), programs);
            left = Optional.empty();
        }
        if (new Unpacking(folder).isPlaceOf(Platform.current().archive(), programs.home())) {
            // The cluster is of this jar's version and no server runs older programs, so nobody needs them.
            new Unpacking(folder).removeOthers(programs.home());
        }
        left.ifPresent(p -> LOG.info("taking over the PostgreSQL that was left running, process {}", p.pid()));
        PostmasterLauncher launch = new PostmasterLauncher(folder, programs, cluster, settings);
        Postmaster postmaster = left.isPresent() ? left.get() : started(launch);
        PostmasterGuard guard =
                new PostmasterGuard(lock, launch, programs, postmaster, how, ServerLogTail.of(folder.log()));
        return withDatabase(new Running(postmaster, login, Optional.of(guard)));
    }

    /** Each new session of a server loads libraries from its programs' folder. */
    private static void end(Postmaster left, Programs programs) throws IOException, InterruptedException {
        LOG.info("stopping the PostgreSQL that a jar of another version left running, process {}", left.pid());
        if (!left.stop(Postmaster.Stop.FAST, programs)) {
            throw new EmbeddedPostgresException(
                    "the PostgreSQL that a jar of another version left running (process " + left.pid()
                            + ") takes long to stop",
                    "start again when it has ended");
        }
    }

    /** After a crash it replays its log first, which may take minutes. */
    @SuppressWarnings("try")
    private static Postmaster started(PostmasterLauncher launch) throws IOException, InterruptedException {
        try (SlowStep step = SlowStep.begin(LOG, "starting PostgreSQL")) {
            return launch.start();
        }
    }

    private static Running withDatabase(Running running) throws IOException, InterruptedException, SQLException {
        boolean there = false;
        try {
            createDatabase(running);
            there = true;
        } finally {
            if (!there) {
                running.guard().orElseThrow().end();
            }
        }
        return running;
    }

    private static void createDatabase(Running running) throws SQLException {
        String url = running.postmaster().jdbcUrl("postgres");
        try (Connection connection =
                        DriverManager.getConnection(url, running.login().properties());
                Statement statement = connection.createStatement()) {
            String name = EmbeddedLogin.NAME;
            try (ResultSet found = statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + name + "'")) {
                if (found.next()) {
                    return;
                }
            }
            statement.execute("CREATE DATABASE " + name);
        }
    }
}
