package io.longhaul.bench;

import io.longhaul.startup.JavaOptions;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A server of this release in a separate process, as users run it. */
final class Node implements AutoCloseable {
    /** Enough for a machine that builds other things at the same time, or that is emulated. */
    private static final Duration START = Duration.ofMinutes(10);

    /** Writing an archive takes ten seconds on an idle machine. */
    private static final Duration STOP = Duration.ofMinutes(3);

    private static final int CREATED = 201;

    private final Process process;
    private final Path log;
    private final int port;

    private Node(Process process, Path log, int port) {
        this.process = process;
        this.log = log;
        this.port = port;
    }

    /** Starts a node with the options of this process, and waits until it is ready. */
    static Node start(BenchSchema schema, int concurrency) throws IOException, InterruptedException {
        return start(schema, concurrency, options());
    }

    /** Starts a node with the options of this process and more variables, and waits until it is ready. */
    static Node start(BenchSchema schema, int concurrency, Map<String, String> variables)
            throws IOException, InterruptedException {
        return start(schema, concurrency, options(), variables);
    }

    /** Starts a node with these options of the virtual machine, and waits until it is ready. */
    static Node start(BenchSchema schema, int concurrency, List<String> options)
            throws IOException, InterruptedException {
        return start(schema, concurrency, options, Map.of());
    }

    private static Node start(BenchSchema schema, int concurrency, List<String> options, Map<String, String> variables)
            throws IOException, InterruptedException {
        Target target = schema.target();
        int port = freePort();
        Path log = Files.createTempFile("longhaul-bench-", ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command(options)).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LONGHAUL_") || name.startsWith("DATABASE_"));
        builder.environment()
                .putAll(Map.of(
                        "DATABASE_URL", target.jdbcUrl(),
                        "LONGHAUL_BIND", "127.0.0.1",
                        "LONGHAUL_PORT", Integer.toString(port),
                        "LONGHAUL_ADMIN_PORT", Integer.toString(freePort()),
                        "LONGHAUL_CONCURRENCY", Integer.toString(concurrency)));
        builder.environment().putAll(variables);
        put(builder, "DATABASE_USER", target.user());
        put(builder, "DATABASE_PASSWORD", target.password());
        Node node = new Node(builder.start(), log, port);
        schema.servedBy(node.process);
        try {
            node.awaitReady();
            return node;
        } catch (IOException | InterruptedException e) {
            node.close();
            throw e;
        }
    }

    private static void put(ProcessBuilder builder, String name, String value) {
        if (value != null && !value.isBlank()) {
            builder.environment().put(name, value);
        }
    }

    private static List<String> command(List<String> options) {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        words.addAll(JavaOptions.with(Stream.concat(options.stream(), JavaOptions.ofEnvironment(System.getenv()))
                .toList()));
        words.addAll(options);
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.longhaul.App", "server"));
        return words;
    }

    /**
     * Memory, collector and archive: options that users give a server. Options that make an archive are left out,
     * because the node would make the same one again.
     */
    private static List<String> options() {
        return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> option.startsWith("-X"))
                .filter(option -> !option.contains("AOTCacheOutput") && !option.contains("ArchiveClassesAtExit"))
                .toList();
    }

    /** Makes clients send the same request again and again, each on a connection of its own. */
    ConcurrentClients.Throughput post(int clients, String path, String body, int jobs, Duration time) throws Exception {
        return ConcurrentClients.count(clients, time, () -> {
            HttpConnection connection = HttpConnection.post(port, path, body);
            ConcurrentClients.Step step = () -> {
                int status = connection.send();
                if (status != CREATED) {
                    throw new IOException("The server answered " + status + " to POST " + path);
                }
                return jobs;
            };
            return new ConcurrentClients.Client(step, connection::close);
        });
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private void awaitReady() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < deadline) {
            requireAlive();
            if (isReady()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IOException(
                "The server that was started for this was not ready after " + START.toSeconds() + " s: " + lastLine());
    }

    /** Throws if the server has ended. */
    void requireAlive() throws IOException {
        if (!process.isAlive()) {
            throw new IOException("The server that was started for this ended: " + lastLine());
        }
    }

    private boolean isReady() {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(5_000);
            socket.getOutputStream()
                    .write("GET /readyz HTTP/1.0\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            byte[] head = socket.getInputStream().readNBytes(12);
            return new String(head, java.nio.charset.StandardCharsets.US_ASCII).endsWith(" 200");
        } catch (IOException e) {
            return false;
        }
    }

    private String lastLine() throws IOException {
        List<String> lines = Files.readAllLines(log);
        return lines.isEmpty() ? "it said nothing" : lines.get(lines.size() - 1);
    }

    /** The processor time that the server has taken; the system may not tell it. */
    Optional<Duration> processorTime() {
        return process.info().totalCpuDuration();
    }

    int port() {
        return port;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Files.deleteIfExists(log);
    }
}
