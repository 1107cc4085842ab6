package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial, run as it stands, but for its ports and its database. */
class TutorialIT {
    private static final Pattern BLOCK =
            Pattern.compile("(?<=\n)```(\\w+)(?: ([^\n]*))?\n(.*?\n)```\n", Pattern.DOTALL);
    private static final Pattern ADDRESS = Pattern.compile(" API +(http://\\S+)");

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @TempDir
    private Path project;

    private Path folder;

    @BeforeEach
    void makeTheFolderInTheProject() throws IOException {
        Path target = Files.createDirectory(project.resolve("target"));
        Files.createSymbolicLink(
                target.resolve("app.jar"), Path.of("target/app.jar").toAbsolutePath());
        folder = Files.createDirectory(project.resolve("tutorial"));
    }

    @Test
    void everyBlockDoesWhatThePageSays() throws Exception {
        StringBuilder commands = new StringBuilder("set -uo pipefail\n");
        StringBuilder printed = new StringBuilder();
        String server = "";
        for (MatchResult block : BLOCK.matcher(page()).results().toList()) {
            String kind = block.group(2) == null ? "" : block.group(2);
            if (kind.startsWith("file=")) {
                Files.writeString(folder.resolve(kind.substring("file=".length())), block.group(3));
            } else if (kind.equals("server")) {
                server = block.group(3);
            } else if (kind.equals("run")) {
                commands.append(block.group(3));
            } else {
                assertThat(block.group(1)).as("a block that nobody runs").isEqualTo("text");
                printed.append(block.group(3));
            }
        }
        Process node = start("server", server, NodeProcess.database(DATABASE));
        try {
            Process script = start("blocks", commands.toString(), Map.of("LONGHAUL_URL", ready(node)));
            try {
                assertThat(script.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS))
                        .as("it ends")
                        .isTrue();
                assertThat(Files.readString(folder.resolve("blocks.out")))
                        .as(() -> text("blocks.err"))
                        .isEqualTo(printed.toString());
            } finally {
                end(script);
            }
        } finally {
            end(node);
        }
    }

    private static String page() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            return Files.readString(Path.of("docs", "tutorial.md")).replace("9099", "" + free.getLocalPort());
        }
    }

    private Process start(String name, String commands, Map<String, String> environment) throws IOException {
        Path script = Files.writeString(folder.resolve(name + ".sh"), commands);
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString())
                .directory(folder.toFile())
                .redirectOutput(folder.resolve(name + ".out").toFile())
                .redirectError(folder.resolve(name + ".err").toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment()
                .putAll(Map.of("LONGHAUL_PORT", "0", "LONGHAUL_ADMIN_PORT", "0", "LONGHAUL_ARCHIVE", "off"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** The address of the node, once it is ready. */
    private String ready(Process node) {
        Await.until(
                "the node listens",
                Await.LONG,
                () -> !node.isAlive() || ADDRESS.matcher(text("server.out")).find());
        Matcher address = ADDRESS.matcher(text("server.out"));
        assertThat(address.find())
                .as(() -> text("server.out") + text("server.err"))
                .isTrue();
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(address.group(1) + "/readyz")).build();
        HttpClient client = HttpClient.newHttpClient();
        Await.until(
                "the node is ready",
                Await.LONG,
                () -> client.send(request, HttpResponse.BodyHandlers.discarding())
                                .statusCode()
                        == 200);
        return address.group(1);
    }

    private String text(String file) {
        try {
            return Files.readString(folder.resolve(file));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }
}
