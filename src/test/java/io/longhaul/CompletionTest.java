package io.longhaul;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.cli.remote.RemoteCommands;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Model.CommandSpec;

/** The scripts by which shells complete all commands. */
class CompletionTest {
    private static final Pattern OPTION = Pattern.compile("^  (?:-\\w(?: \\w+)?, )?(--[a-z-]+)", Pattern.MULTILINE);

    @TempDir
    private Path folder;

    private Path script(String shell) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int exit = new RemoteCommands(Map.of(), new ByteArrayInputStream(new byte[0]), stream, stream)
                .beside(App::localCommands)
                .run(List.of("completion", shell));
        assertThat(exit).isZero();
        return Files.write(folder.resolve("longhaul." + shell), out.toByteArray());
    }

    /** What the parser shows to people is what it takes. */
    @Test
    void commandsWithoutAServerAreCompletedWithAllTheirActionsAndOptions() {
        Commands commands = new Commands();
        List<String> seen = new ArrayList<>();
        for (CommandSpec command : App.localCommands()) {
            Stream<CommandSpec> actions = command.subcommands().isEmpty()
                    ? Stream.of(command)
                    : command.subcommands().values().stream().map(action -> action.getCommandSpec());
            actions.forEach(action -> {
                String words = action == command ? command.name() : command.name() + " " + action.name();
                seen.add(words);
                assertThat(names(action)).as(words).isEqualTo(options(commands.help(words)));
            });
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(commands.actions());
    }

    private static Set<String> names(CommandSpec command) {
        return command.optionsMap().keySet().stream()
                .filter(name -> name.startsWith("--"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> options(String help) {
        Set<String> options = OPTION.matcher(help)
                .results()
                .map((MatchResult found) -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
        options.add("--help");
        return options;
    }

    @ParameterizedTest
    @CsvSource({
        "longhaul do, doctor",
        "longhaul db mig, migrate",
        "longhaul db migrate --wa, --wait",
        "longhaul db migrate pom, pom.xml",
        "longhaul archive --output pom, pom.xml",
        "longhaul mcp --ser, --server",
        "longhaul job sub, submit",
        "longhaul job logs --fol, --follow",
    })
    void bashCompletesWords(String words, String completed) throws Exception {
        String ask = """
                source "$1"; shift
                COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
                _complete_longhaul longhaul "${COMP_WORDS[COMP_CWORD]}" 2>/dev/null
                echo "${COMPREPLY[*]}"
                """;
        List<String> command = new ArrayList<>(
                List.of("bash", "-c", ask, "bash", script("bash").toString()));
        command.addAll(List.of(words.split(" ")));
        assertThat(said(command)).isEqualTo(completed + "\n");
    }

    /** Where zsh and fish are missing, bash alone reads its script. */
    @ParameterizedTest
    @ValueSource(strings = {"bash", "zsh", "fish"})
    void aShellReadsItsScript(String shell) throws Exception {
        Path script = script(shell);
        assertThat(script).content().contains("longhaul", "job", "follow", "migrate", "force-release");
        boolean there = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, shell)));
        if (there) {
            assertThat(said(List.of(shell, "-n", script.toString()))).isEmpty();
        }
    }

    private static String said(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
