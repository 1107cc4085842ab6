package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.NodeProcess;
import io.longhaul.testing.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial, run as it stands. */
class TutorialIT {
    private static final Pattern BLOCK =
            Pattern.compile("(?<=\n)```(\\w+)(?: ([^\n]*))?\n(.*?\n)```\n", Pattern.DOTALL);

    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @TempDir
    private Path folder;

    @Test
    void everyBlockDoesWhatThePageSays() throws Exception {
        StringBuilder commands = new StringBuilder("set -uo pipefail\n");
        StringBuilder printed = new StringBuilder();
        Matcher block = BLOCK.matcher(Files.readString(Path.of("docs", "tutorial.md")));
        while (block.find()) {
            String kind = block.group(2) == null ? "" : block.group(2);
            if (kind.startsWith("file=")) {
                Files.writeString(folder.resolve(kind.substring("file=".length())), block.group(3));
            } else if (kind.equals("run")) {
                commands.append(block.group(3));
            } else if (block.group(1).equals("text")) {
                printed.append(block.group(3));
            }
        }
        Map<String, String> environment = new HashMap<>(NodeProcess.database(DATABASE));
        environment.put("LONGHAUL_TOOLS", tools());
        try (NodeProcess node = NodeProcess.start("tutorial", environment).awaitReady()) {
            assertThat(run(commands.toString(), node.address())).isEqualTo(printed.toString());
        }
    }

    /** The node does not run in the folder of the files. */
    private String tools() throws IOException {
        Path tools = folder.resolve("tools.yml");
        String text = Files.readString(tools)
                .replace("[sh, count.sh,", "[sh, " + folder.resolve("count.sh") + ",")
                .replace("[python3, count.py,", "[python3, " + folder.resolve("count.py") + ",");
        Files.writeString(
                tools, text.replace("    timeout: 10m\n", "    timeout: 10m\n    working_directory: " + folder + "\n"));
        return tools.toString();
    }

    private String run(String commands, String url) throws Exception {
        Files.createSymbolicLink(
                folder.resolve("app.jar"), Path.of("target/app.jar").toAbsolutePath());
        Path out = folder.resolve("out");
        Path script = Files.writeString(folder.resolve("blocks.sh"), commands);
        ProcessBuilder builder = new ProcessBuilder("bash", script.toString())
                .directory(folder.toFile())
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("err").toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().put("LONGHAUL_URL", url);
        Process process = builder.start();
        try {
            assertThat(process.waitFor(Await.LONG.toSeconds(), TimeUnit.SECONDS))
                    .as("it ends")
                    .isTrue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return Files.readString(out);
    }
}
