package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.longhaul.testing.CommandRun;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.Page;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The clients in {@code src/clients} on a real node with keys, which their tests kill and start: their own tests, and the
 * programs of their pages as they stand.
 */
class ClientPackagesIT {
    private static final Path PYTHON = Path.of("src", "clients", "python");

    private static final Path TYPESCRIPT = Path.of("src", "clients", "typescript");
    private static final Page CLIENTS = Page.of("docs", "clients.md");

    /** The TypeScript client is built here, so that nothing is left beside its sources. */
    private static final Path BUILT = Path.of("target", "clients", "typescript");

    /** The programs of the pages are compiled, too, so that their types are checked. */
    private static final String BUILD = """
            set -eu
            if ! cmp -s package.json installed.json; then
              timeout 90 npm install --ignore-scripts --prefer-offline --fetch-retries=1 --fetch-timeout=15000 --no-audit --no-fund
              cp package.json installed.json
            fi
            rm -rf dist
            npm run --silent build
            npx tsc --strict --module nodenext --target es2022 recipes/*.mts
            """;

    private static final String TOOLS = """
            tools:
              - {type: command, name: narrow, description: Waits., command: [sleep, "600"], cluster_concurrency: 1, max_queue: 1}
              - type: command
                name: lines
                description: Writes lines.
                command: [sh, -c, 'for n in $(seq "$1"); do echo "line $n" >&2; done', sh, "{count}"]
                params: {type: object, properties: {count: {type: integer}}, required: [count]}
              - type: command
                name: copy
                description: Copies a file.
                command: [sh, -c, 'cp -- "$1" "$2/copy.bin"', sh, "{file}", "{outputs}"]
                stdin: none
                params: {type: object, properties: {file: {type: string, format: longhaul-file}}, required: [file]}
              - type: command
                name: ask
                description: Asks.
                command: [sh, -c, 'read -r params; echo "$1"; read -r answer; echo done', sh, '{{"ask": {{"key": "approve", "message": "Go on?"}}}}']
                stdin: answers
            """;

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @TempDir
    static Path folder;

    private static final Map<String, String> ENVIRONMENT = new LinkedHashMap<>();
    private static final Map<String, String> CLIENT = new LinkedHashMap<>();
    private static NodeProcess node;
    private static HttpServer control;

    @BeforeAll
    static void open() throws IOException {
        ENVIRONMENT.putAll(NodeProcess.database(DATABASE));
        ENVIRONMENT.put("LONGHAUL_AUTH", "keys");
        ENVIRONMENT.put("LONGHAUL_WEBHOOKS_ALLOW_PRIVATE", "true");
        ENVIRONMENT.put(
                "LONGHAUL_TOOLS",
                Files.writeString(folder.resolve("tools.yml"), TOOLS).toString());
        CommandRun key =
                CommandRun.of(ENVIRONMENT, "key", "create", "config.yml", "--name", "clients", "--role", "admin");
        assertPasses(key);
        node = NodeProcess.start("packages", ENVIRONMENT).awaitReady();
        ENVIRONMENT.put(
                "LONGHAUL_PORT", Integer.toString(URI.create(node.address()).getPort()));
        control = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
        control.createContext(
                "/kill", exchange -> done(exchange, () -> node.process().kill()));
        control.createContext("/start", exchange -> done(exchange, ClientPackagesIT::startAgain));
        control.start();
        CLIENT.put("LONGHAUL_URL", node.address());
        CLIENT.put("LONGHAUL_API_KEY", key.out().strip());
        CLIENT.put(
                "LONGHAUL_CONTROL", "http://127.0.0.1:" + control.getAddress().getPort());
    }

    @AfterAll
    static void close() {
        control.stop(0);
        node.close();
    }

    private static synchronized void startAgain() {
        if (!node.process().isAlive()) {
            node = NodeProcess.start("packages", ENVIRONMENT).awaitReady();
        }
    }

    /** Tests that ran out of time may have left it killed. */
    @BeforeEach
    void aNodeIsThere() {
        startAgain();
    }

    private static void done(HttpExchange exchange, Runnable work) throws IOException {
        work.run();
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    @Test
    void python() throws Exception {
        if (CommandRun.isThere(folder, "python3", "-c", "import sys; sys.exit(sys.version_info < (3, 9))")) {
            for (Path tests : tests(PYTHON, "test_.*\\.py")) {
                assertPasses(inPython("-W", "error", tests.toString()));
            }
            Page readme = Page.of(PYTHON.resolve("README.md").toString());
            assertPrints(inPython(file("readme.py", readme.blocks("python"))), readme.blocks("text"));
            String recipe = file("recipe.py", CLIENTS.block("Python", "python"));
            assertPrints(inPython(recipe), CLIENTS.block("Python", "text"));
        }
    }

    private static CommandRun inPython(String... arguments) throws IOException {
        Map<String, String> environment = new LinkedHashMap<>(CLIENT);
        environment.put("PYTHONPATH", PYTHON.resolve("src").toString());
        environment.put("PYTHONDONTWRITEBYTECODE", "1");
        List<String> command = new ArrayList<>(List.of("python3"));
        command.addAll(List.of(arguments));
        return CommandRun.program(folder, environment, command.toArray(String[]::new));
    }

    /** Each file is a run of its own, with its own limit of time. */
    private static List<Path> tests(Path client, String names) throws IOException {
        try (Stream<Path> files = Files.list(client.resolve("tests"))) {
            return files.filter(file -> file.getFileName().toString().matches(names))
                    .sorted()
                    .toList();
        }
    }

    private static String file(String name, String program) throws IOException {
        return Files.writeString(folder.resolve(name), program).toString();
    }

    @Test
    void typeScript() throws Exception {
        if (CommandRun.isThere(folder, "node", "-e", "process.exit(parseInt(process.versions.node) < 20 ? 1 : 0)")
                && CommandRun.isThere(folder, "npm", "--version")
                && isBuilt()) {
            for (Path tests : tests(TYPESCRIPT, ".*\\.test\\.mjs")) {
                assertPasses(
                        inBuilt("node", "--test", TYPESCRIPT.relativize(tests).toString()));
            }
            Page readme = Page.of(TYPESCRIPT.resolve("README.md").toString());
            assertPrints(inBuilt("node", "recipes/readme.mjs"), readme.blocks("text"));
            assertPrints(inBuilt("node", "recipes/recipe.mjs"), CLIENTS.block("TypeScript", "text"));
        }
    }

    /** The compiler may come from a registry that cannot be reached; what it refuses is a failure. */
    private static boolean isBuilt() throws IOException {
        copy();
        Files.createDirectories(BUILT.resolve("recipes"));
        Files.writeString(
                BUILT.resolve("recipes/readme.mts"),
                Page.of(TYPESCRIPT.resolve("README.md").toString()).blocks("ts"));
        Files.writeString(BUILT.resolve("recipes/recipe.mts"), CLIENTS.block("TypeScript", "ts"));
        CommandRun build = inBuilt("bash", "-c", BUILD);
        if (build.exitCode() != 0 && !Files.exists(BUILT.resolve("installed.json"))) {
            System.out.println("NOT RUN: the TypeScript client, whose compiler could not be installed: " + build.err());
            return false;
        }
        assertPasses(build);
        return true;
    }

    private static void copy() throws IOException {
        try (Stream<Path> all = Files.walk(TYPESCRIPT)) {
            Stream<Path> sources = all.filter(path -> !path.toString().matches(".*/(node_modules|dist)(/.*)?"));
            for (Path source : (Iterable<Path>) sources::iterator) {
                Path target = BUILT.resolve(TYPESCRIPT.relativize(source));
                if (Files.isDirectory(source)) {
                    Files.createDirectories(target);
                } else {
                    Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }

    private static CommandRun inBuilt(String... command) throws IOException {
        List<String> words = new ArrayList<>(List.of("env", "-C", BUILT.toString()));
        words.addAll(List.of(command));
        return CommandRun.program(folder, CLIENT, words.toArray(String[]::new));
    }

    private static void assertPasses(CommandRun run) {
        assertThat(run.exitCode()).as("%s\n%s", run.out(), run.err()).isZero();
    }

    private static void assertPrints(CommandRun run, String text) {
        assertThat(run.out()).as(run.err()).isEqualTo(text);
    }
}
