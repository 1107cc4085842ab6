package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scripts that call other programs, which are small scripts here. */
class ScriptsTest {
    @TempDir
    private Path folder;

    private record Ran(int exit, String said) {}

    /** The stack that a user runs from the same file belongs to another project, whose volume is the user's data. */
    @Test
    void proveTouchesOnlyItsOwnContainersAndVolumes() throws Exception {
        Path calls = folder.resolve("calls");
        program(
                "docker",
                "echo \"$*\" >>" + calls,
                "case \"$*\" in *'id longhaul -u') echo 10001;; *' up '*) exit 1;; esac");
        Ran ran = run(List.of("docker/prove.sh", "--no-build"));
        assertThat(ran.exit()).as(ran.said()).isEqualTo(1);
        List<String> lines = Files.readAllLines(calls);
        assertThat(lines)
                .filteredOn(line -> line.startsWith("compose ") && !line.startsWith("compose version"))
                .contains("compose -p longhaul-prove -f docker/compose.yml up -d")
                .allMatch(line -> line.startsWith("compose -p longhaul-prove "));
        assertThat(lines)
                .filteredOn(line -> line.startsWith("rm "))
                .allMatch(line -> line.contains(" longhaul-prove-"));
    }

    @ParameterizedTest
    @CsvSource({
        "Could not resolve the plugin failsafe, 2, ''",
        "Campaign of seed $seed: accepted 7, 1, 'broken'",
        "every job has ended, 1, 'broken'"
    })
    void aCampaignThatCouldNotRunIsNoBrokenRule(String output, int exit, String verdict) throws Exception {
        Path script = folder.resolve(".ci/campaign");
        Files.createDirectories(script.getParent());
        Files.copy(Path.of(".ci/campaign"), script);
        Files.createDirectories(folder.resolve("target"));
        Files.createFile(folder.resolve("target/app.jar"));
        program("git", "echo 0123abc");
        program(
                "mvn",
                "for word in \"$@\"; do case $word in -Dlonghaul.campaign.seed=*) seed=${word#*=};; esac; done",
                "echo \"" + output + "\"; exit 1");
        Path counts = folder.resolve("counts.csv");
        Ran ran = run(List.of("bash", script.toString(), counts.toString(), "10", "1"));
        assertThat(ran.exit()).as(ran.said()).isEqualTo(exit);
        List<String> lines = Files.readAllLines(counts);
        assertThat(lines).hasSize(verdict.isEmpty() ? 1 : 2);
        assertThat(lines.get(lines.size() - 1)).endsWith("," + (verdict.isEmpty() ? "verdict" : verdict));
    }

    private void program(String name, String... lines) throws IOException {
        Path file = Files.createDirectories(folder.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/usr/bin/env bash\n" + String.join("\n", lines) + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Ran run(List<String> words) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().merge("PATH", folder.resolve("bin").toString(), (path, first) -> first + ":" + path);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Ran(process.waitFor(), said);
    }
}
