package io.longhaul.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged jar, run in a process of its own. It never outlives the test JVM. */
public final class JarProcess implements AutoCloseable {
    static final Path JAR = Path.of("target", "app.jar");
    private static final Path LOGS = Path.of("target", "it-logs");

    /** A quick start counts for more here than speed later. */
    private static final List<String> QUICK = List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m");

    private final Process process;
    private final Path out;
    private final Path err;

    private JarProcess(Process process, Path out, Path err) {
        this.process = process;
        this.out = out;
        this.err = err;
    }

    /**
     * Starts the jar.
     *
     * @param name what its logs in {@code target/it-logs} are called
     * @param environment variables; of our own environment nothing that configures Longhaul is passed on
     * @param arguments such as {@code server config.yml}, relative to the project's folder
     * @return a process that may still be starting
     */
    public static JarProcess start(String name, Map<String, String> environment, String... arguments) {
        return start(JAR, name, environment, arguments);
    }

    /**
     * Starts another jar, such as that of another release.
     *
     * @param jar the jar
     * @param name what its logs are called
     * @param environment variables
     * @param arguments its command
     * @return a process that may still be starting
     */
    public static JarProcess start(Path jar, String name, Map<String, String> environment, String... arguments) {
        return start(jar.equals(JAR) ? SharedClasses.options() : List.of(), jar, name, environment, arguments);
    }

    /**
     * Starts the jar with options of the virtual machine.
     *
     * @param options such as {@code -Xmx64m}
     * @param name what its logs are called
     * @param environment variables
     * @param arguments its command
     * @return a process that may still be starting
     */
    public static JarProcess start(
            List<String> options, String name, Map<String, String> environment, String... arguments) {
        return start(options, JAR, name, environment, arguments);
    }

    private static JarProcess start(
            List<String> options, Path jar, String name, Map<String, String> environment, String... arguments) {
        try {
            Files.createDirectories(LOGS);
            Path out = Files.createTempFile(LOGS, name + "-", ".out");
            Path err = Path.of(out.toString().replaceFirst("out$", "err"));
            ProcessBuilder builder = new ProcessBuilder(command(options, jar, arguments))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().keySet().removeIf(JarProcess::configuresUs);
            builder.environment().put("LONGHAUL_ARCHIVE", "off");
            builder.environment().putAll(environment);
            Process process = builder.start();
            Reaper.watch(process.pid());
            return new JarProcess(process, out, err);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> command(List<String> options, Path jar, String... arguments) throws IOException {
        List<String> words = new ArrayList<>();
        if (ignoresInterrupts()) {
            // Whoever is started in the background of a script ignores Ctrl-C, and hands that down.
            words.addAll(List.of("env", "--default-signal=INT"));
        }
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(QUICK);
        words.addAll(options);
        words.addAll(List.of("-jar", jar.toString()));
        words.addAll(List.of(arguments));
        return words;
    }

    private static boolean ignoresInterrupts() throws IOException {
        String mask = Files.readString(Path.of("/proc/self/status"))
                .lines()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElse("SigIgn: 0");
        return (Long.parseUnsignedLong(mask.substring("SigIgn:".length()).strip(), 16) & 0b10) != 0;
    }

    private static boolean configuresUs(String name) {
        return name.startsWith("LONGHAUL_") || name.startsWith("DATABASE_") || name.equals("JAVA_TOOL_OPTIONS");
    }

    /**
     * The process.
     *
     * @return its id
     */
    public long pid() {
        return process.pid();
    }

    /**
     * Whether it runs.
     *
     * @return false once it has ended
     */
    public boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Whether any process runs.
     *
     * @param pid its id
     * @return false for one that has ended, even if nobody has asked for its exit code
     */
    public static boolean isAlive(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            // The state follows the name, which may hold anything: proc(5).
            return stat.charAt(stat.lastIndexOf(')') + 2) != 'Z';
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * What it has printed so far.
     *
     * @return standard output
     */
    public String out() {
        return read(out);
    }

    /**
     * What it has complained of so far.
     *
     * @return standard error
     */
    public String err() {
        return read(err);
    }

    /** Ends it as {@code kill -9} does, and waits until it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitExit(Duration.ofSeconds(10));
    }

    /** Asks it to end, as a service manager does. */
    public void terminate() {
        signal("TERM");
    }

    /** Asks it to end, as Ctrl-C does. */
    public void interrupt() {
        signal("INT");
    }

    /** Tells it to read its configuration again, as a service manager does. */
    public void hangUp() {
        signal("HUP");
    }

    /** Stops it where it stands, as a machine that is suspended does. */
    public void pause() {
        signal("STOP");
    }

    /** Lets it go on. */
    public void resume() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            int failed = new ProcessBuilder("kill", "-s", name, Long.toString(pid()))
                    .start()
                    .waitFor();
            if (failed != 0) {
                throw new AssertionError("process " + pid() + " takes no signals: " + err());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Waits for its end.
     *
     * @param most the deadline
     * @return its exit code
     */
    public int awaitExit(Duration most) {
        try {
            if (!process.waitFor(most.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError("still running after " + most.toMillis() + " ms: " + out() + err());
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        Reaper.forget(pid());
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
