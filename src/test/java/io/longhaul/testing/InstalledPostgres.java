package io.longhaul.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A server of the PostgreSQL that is installed on this machine, as its distribution built and configured it (JIT on), with
 * data and a port of its own. A cluster that the installation made is not touched.
 */
public final class InstalledPostgres implements StoppableServer {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final String USER = "postgres";
    private static final String NOBODY = "65534";

    private final Path programs;
    private final List<String> stepDown;
    private final Path folder;
    private final List<String> options;
    private final Map<String, String> environment;
    private final int port = freePort();
    private Process process;

    private InstalledPostgres(
            Path programs, List<String> stepDown, Path folder, Map<String, String> environment, List<String> options) {
        this.environment = environment;
        this.programs = programs;
        this.stepDown = stepDown;
        this.folder = folder;
        this.options = options;
    }

    /**
     * Whether there is one.
     *
     * @return whether programs are on the path or where Debian keeps them
     */
    public static boolean isThere() {
        return programs().isPresent();
    }

    /**
     * Makes a cluster with the settings that {@code initdb} gives it.
     *
     * @param options more settings, as in {@code fsync=off}
     * @return not started; takes everybody of this machine as its superuser
     */
    public static InstalledPostgres create(String... options) throws IOException, InterruptedException {
        return create(Map.of(), options);
    }

    /**
     * Makes a cluster that runs with more variables in its environment.
     *
     * @param environment such as {@code LD_PRELOAD}
     * @param options more settings
     * @return not started
     */
    public static InstalledPostgres create(Map<String, String> environment, String... options)
            throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("longhaul-installed-postgresql-");
        List<String> stepDown = stepDown(folder);
        InstalledPostgres server =
                new InstalledPostgres(programs().orElseThrow(), stepDown, folder, environment, List.of(options));
        List<String> initdb = server.command("initdb");
        initdb.addAll(List.of("-D", server.data(), "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"));
        initdb.add("--no-sync");
        run(initdb);
        Reaper.removeLater(folder);
        return server;
    }

    private static Optional<Path> programs() {
        Stream<Path> onPath = Stream.of(
                        System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator, -1))
                .map(Path::of);
        return Stream.concat(onPath, versions().stream())
                .map(folder -> folder.resolve("initdb"))
                .filter(Files::isExecutable)
                .map(InstalledPostgres::home)
                .filter(folder -> Files.isExecutable(folder.resolve("postgres")))
                .findFirst();
    }

    /** The newest first. */
    private static List<Path> versions() {
        if (!Files.isDirectory(VERSIONS)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(VERSIONS)) {
            return all.sorted(Comparator.comparingInt(InstalledPostgres::major).reversed())
                    .map(version -> version.resolve("bin"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int major(Path version) {
        String name = version.getFileName().toString();
        return name.matches("[0-9]{1,4}") ? Integer.parseInt(name) : 0;
    }

    /** Past the links that some put on the path. */
    private static Path home(Path initdb) {
        try {
            return initdb.toRealPath().getParent();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** PostgreSQL refuses root; whoever owns the distribution's own cluster, or nobody, runs this one. */
    private static List<String> stepDown(Path folder) throws IOException, InterruptedException {
        if (!System.getProperty("user.name").equals("root")) {
            return List.of();
        }
        String[] account = Files.readAllLines(Path.of("/etc/passwd")).stream()
                .filter(line -> line.startsWith(USER + ":"))
                .map(line -> line.split(":", -1))
                .findFirst()
                .orElse(new String[] {"", "", NOBODY, NOBODY});
        run(List.of("chown", account[2] + ":" + account[3], folder.toString()));
        return List.of("setpriv", "--reuid=" + account[2], "--regid=" + account[3], "--clear-groups");
    }

    private List<String> command(String program) {
        List<String> words = new ArrayList<>(stepDown);
        words.add(programs.resolve(program).toString());
        return words;
    }

    private static void run(List<String> words) throws IOException, InterruptedException {
        Path log = Files.createTempFile("longhaul-installed-postgresql-", ".log");
        try {
            int exit = new ProcessBuilder(words)
                    .directory(new File("/"))
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IOException(words + ": " + Files.readString(log));
            }
        } finally {
            Files.delete(log);
        }
    }

    private static int freePort() {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return probe.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    @Override
    public void start() throws IOException {
        if (process != null) {
            return;
        }
        List<String> words = new ArrayList<>(stepDown);
        // Not the environment of the program that steps down: what it makes would be root's.
        words.add("env");
        environment.forEach((name, value) -> words.add(name + "=" + value));
        words.add(programs.resolve("postgres").toString());
        words.addAll(List.of("-D", data(), "-p", Integer.toString(port)));
        words.addAll(List.of("-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="));
        options.forEach(option -> words.addAll(List.of("-c", option)));
        process = new ProcessBuilder(words)
                .directory(new File("/"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        Reaper.watch(process.pid());
        Await.until("the installed PostgreSQL serves", Duration.ofSeconds(60), this::answers);
    }

    /** Starts it again if it has ended by itself, as a service manager does. */
    public void startAgainIfEnded() throws IOException {
        if (process != null && !process.isAlive()) {
            process = null;
            start();
        }
    }

    private boolean answers() throws IOException {
        if (!process.isAlive()) {
            throw new AssertionError("PostgreSQL did not start: " + Files.readString(log()));
        }
        try (Connection connection = DriverManager.getConnection(jdbcUrl(), USER, "")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    @Override
    public void crash() throws InterruptedException, IOException {
        Process ending = process;
        process = null;
        run(List.of("kill", "-s", "QUIT", Long.toString(ending.pid())));
        ending.waitFor();
        Reaper.forget(ending.pid());
    }

    /**
     * What the server writes.
     *
     * @return a file; it begins with the first start
     */
    public Path log() {
        return folder.resolve("log");
    }

    @Override
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    @Override
    public String user() {
        return USER;
    }

    @Override
    public String password() {
        return null;
    }

    @Override
    public DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl());
        source.setUser(USER);
        return source;
    }

    /** Where its programs are, for people. */
    String version() {
        return programs.toString();
    }

    /** For the end of the JVM. */
    void closeQuietly() {
        try {
            close();
        } catch (IOException e) {
            System.out.println("The installed PostgreSQL stays: " + e.getMessage());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        if (process != null) {
            crash();
        }
        run(List.of("rm", "-rf", folder.toString()));
    }
}
