package io.longhaul.environment;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.CommandRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgramTest {
    @TempDir
    Path folder;

    @Test
    void theLauncherTellsItsNameAndTheJarIsCalledByJavaWithoutOne() {
        assertThat(Program.name(Map.of("LONGHAUL_PROGRAM", "longhaul"))).isEqualTo("longhaul");
        assertThat(Program.name(Map.of("LONGHAUL_PROGRAM", ""))).isEqualTo("java -jar app.jar");
        assertThat(Program.name(Map.of())).isEqualTo("java -jar app.jar");
    }

    @Test
    void whoeverCalledTheJarReadsThePathOfIt() throws Exception {
        Path jar = Path.of(
                Test.class.getProtectionDomain().getCodeSource().getLocation().toURI());
        assertThat(Program.called("java -jar app.jar", jar.toString(), Test.class))
                .isEqualTo("java -jar " + jar);
        Path blank = Files.createSymbolicLink(folder.resolve("a jar's.jar"), jar);
        assertThat(Program.called("java -jar app.jar", blank.toString(), Test.class))
                .isEqualTo("java -jar '" + blank.toString().replace("'", "'\\''") + "'");
        assertThat(Program.called("longhaul", jar.toString(), Test.class)).isEqualTo("longhaul");
        assertThat(Program.called("java -jar app.jar", jar.toString(), Program.class))
                .as("a jar that runs the classes of others")
                .isEqualTo("java -jar app.jar");
        assertThat(Program.called()).isEqualTo("java -jar app.jar");
    }

    @Test
    void whoeverUsesTheLauncherIsToldItsCommands() throws Exception {
        assertThat(launched("mcp", "--help").err())
                .startsWith("usage: longhaul mcp [--url URL] [--server NAME]")
                .doesNotContain("app.jar");
        assertThat(launched("key", "list", "--help").out())
                .startsWith("usage: longhaul key list ")
                .contains("\n  longhaul key list config.yml\n");
        assertThat(launched("data").err()).contains("\nusage: longhaul data ");
        assertThat(launched("doctor").out()).contains("Start one (longhaul server), or name");
    }

    /** Each other text would be wrong for one of them. */
    @Test
    void oneClassAloneKnowsHowTheProgramIsCalled() throws IOException {
        List<String> others = new ArrayList<>();
        for (Path root : List.of(Path.of("src/main/java"), Path.of("src/main/jte"))) {
            try (Stream<Path> files = Files.walk(root)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.readAllLines(file).stream()
                            .filter(line -> line.contains("java -jar app.jar") && !line.matches("\\s*/?\\*.*"))
                            .forEach(line -> others.add(file.getFileName() + ":" + line));
                }
            }
        }
        assertThat(others).singleElement().asString().startsWith("Program.java:");
    }

    private CommandRun launched(String... words) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "io.longhaul.App"));
        command.addAll(List.of(words));
        return CommandRun.program(
                folder,
                Map.of(
                        "LONGHAUL_PROGRAM",
                        "longhaul",
                        "LONGHAUL_DATA",
                        folder.resolve("data").toString(),
                        "DATABASE_URL",
                        ""),
                command.toArray(String[]::new));
    }
}
