package io.longhaul.database.embedded;

import io.longhaul.environment.Program;
import io.longhaul.logging.SlowStep;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** PostgreSQL's data directory, one folder for each major version. */
final class Cluster {
    private static final Logger LOG = LoggerFactory.getLogger(Cluster.class);
    static final String PREFIX = "pg";

    private static final String UNFINISHED = "initdb-";

    /** Written into postgresql.conf once; the operator may change them there. */
    private static final Map<String, String> SETTINGS = Map.of(
            "max_connections", "60",
            "shared_buffers", "128MB",
            "max_wal_size", "1GB",
            "wal_compression", "on",
            // Current disks answer random reads as fast as sequential ones.
            "random_page_cost", "1.1",
            "timezone", "UTC",
            "log_timezone", "UTC");

    /** An empty cluster takes 50; the rest is room to work in. */
    private static final int MEGABYTES = 150;

    private final DataFolder folder;
    private final Programs programs;

    Cluster(DataFolder folder, Programs programs) {
        this.folder = folder;
        this.programs = programs;
    }

    /**
     * The data directory, created if there is none. Requires the instance lock.
     *
     * @throws EmbeddedPostgresException if the folder holds data of another major version
     */
    Path directory(EmbeddedLogin login) throws IOException, InterruptedException {
        Path directory = folder.cluster(programs.major());
        for (Path killed : folder.startingWith(UNFINISHED)) {
            DirectoryTree.delete(killed);
        }
        if (Files.notExists(directory)) {
            refuseOtherVersion();
            create(directory, login);
        }
        DirectoryTree.give(directory, programs.account().uid());
        return directory;
    }

    /** An empty cluster beside a full one would look as if all jobs were lost. */
    private void refuseOtherVersion() throws IOException {
        for (Path other : folder.startingWith(PREFIX)) {
            throw new EmbeddedPostgresException(
                    other + " holds data of PostgreSQL "
                            + other.getFileName().toString().substring(PREFIX.length()) + ", and this jar runs "
                            + programs.major(),
                    Program.commandOfServer("data upgrade")
                            + ", carries it over; or start the jar that wrote it, or set"
                            + " LONGHAUL_DATA to a new folder");
        }
    }

    @SuppressWarnings("try")
    private void create(Path directory, EmbeddedLogin login) throws IOException, InterruptedException {
        folder.requireSpace(MEGABYTES);
        Path unfinished = Files.createTempDirectory(folder.root(), UNFINISHED);
        // Under another account initdb cannot read the folder's own password file.
        Path password = unfinished.resolve("password");
        EmbeddedLogin.writePrivately(password, login.password());
        DirectoryTree.give(unfinished, programs.account().uid());
        String what = "creating a PostgreSQL " + programs.major() + " cluster in " + directory;
        try (SlowStep step = SlowStep.begin(LOG, what)) {
            programs.run("initdb", arguments(unfinished.resolve("data"), password, login));
        }
        folder.publish(unfinished.resolve("data"), directory);
        DirectoryTree.delete(unfinished);
    }

    private static String[] arguments(Path data, Path password, EmbeddedLogin login) {
        List<String> words = new ArrayList<>(List.of("--pgdata=" + data, "--username=" + login.user()));
        words.addAll(List.of("--auth=scram-sha-256", "--pwfile=" + password, "--data-checksums", "--no-instructions"));
        words.addAll(List.of("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"));
        SETTINGS.forEach((name, value) -> words.add("--set=" + name + "=" + value));
        return words.toArray(String[]::new);
    }
}
