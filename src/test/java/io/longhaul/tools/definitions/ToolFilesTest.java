package io.longhaul.tools.definitions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.tools.McpPolicy;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.ToolPolicy;
import io.longhaul.tools.settings.InputPolicy;
import io.longhaul.tools.settings.OnWorkerLoss;
import io.longhaul.tools.settings.Retry;
import io.longhaul.tools.settings.StartRate;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.settings.ToolLimits;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reads tools from files, and reports mistakes in them. */
final class ToolFilesTest {
    private static final String ONE = "{type: command, name: %s, command: [date]}";

    @TempDir
    private Path folder;

    @Test
    void aFileHoldsAListOrAConfiguration() throws Exception {
        assertThat(names(load("- " + ONE.formatted("a.b")))).containsExactly("a.b");
        assertThat(names(load("tools:\n- " + ONE.formatted("a") + "\n- " + ONE.formatted("b"))))
                .containsExactly("a", "b");
        assertThat(load("")).isEmpty();
        assertThat(load("tools:")).isEmpty();
        assertThat(load("# nothing yet\n")).isEmpty();
    }

    @Test
    void aFolderIsReadInOrderOfNames() throws Exception {
        Files.writeString(folder.resolve("2.yaml"), "- " + ONE.formatted("second"));
        Files.writeString(folder.resolve("1.yml"), "- " + ONE.formatted("first"));
        Files.writeString(folder.resolve(".hidden.yml"), "nonsense");
        Files.writeString(folder.resolve("README.md"), "nonsense");
        assertThat(names(new ToolFiles().load(folder, new ToolContext()))).containsExactly("first", "second");
    }

    @Test
    void allPoliciesAreRead() throws Exception {
        ToolPolicy policy = load("""
                        - type: command
                          name: full
                          command: [date]
                          timeout: 10m
                          start_within: 2h
                          concurrency: 4
                          retry: {max_attempts: 3, backoff: 5s, max_backoff: 1h, multiplier: 1.5, jitter: 0.5}
                          on_worker_loss: fail
                          max_losses: 1
                          max_result: 1KiB
                        """).get(0).policy();
        assertThat(policy)
                .isEqualTo(new ToolPolicy(
                        Duration.ofMinutes(10),
                        4,
                        new Retry(3, Duration.ofSeconds(5), Duration.ofHours(1), 1.5, 0.5),
                        OnWorkerLoss.FAIL,
                        1,
                        1024,
                        ToolLimits.NONE,
                        null,
                        McpPolicy.DEFAULT,
                        InputPolicy.DEFAULT,
                        Duration.ofHours(2)));
    }

    @Test
    void aMissingProgramIsARemarkAndNoMistake() throws Exception {
        Path file = Files.writeString(folder.resolve("a.yml"), """
                - {type: command, name: here, command: [sh]}
                - {type: command, name: gone, command: [no-such-program]}
                - {type: command, name: later, working_directory: '{work}', command: [./made-by-then]}
                - {type: mcp, name: away, command: [/no/such/server]}
                """);
        ToolContext toolContext = new ToolContext();
        assertThat(new ToolFiles().load(file, toolContext)).hasSize(3);
        assertThat(toolContext.remarks())
                .satisfiesExactly(
                        one -> assertThat(one)
                                .startsWith(file
                                        + ":2: tool 'gone': The program 'no-such-program' is in no folder of PATH"),
                        two -> assertThat(two)
                                .startsWith(file + ":4: tool 'away': The program /no/such/server does not exist"));
    }

    @Test
    void limitsAreRead() throws Exception {
        ToolLimits limits = load("""
                        - type: command
                          name: limited
                          command: [date]
                          cluster_concurrency: 10
                          key_concurrency: 2
                          rate: {per_second: 0.5, burst: 3}
                          max_queue: 1000
                        """).get(0).policy().limits();
        assertThat(limits).isEqualTo(new ToolLimits(10, 2, new StartRate(0.5, 3), 1000));
        assertThat(limits.acrossNodes()).isTrue();
        assertThat(ToolLimits.NONE.acrossNodes()).isFalse();
    }

    @Test
    void ratesMayBeWrittenAsJobsPerTime() throws Exception {
        assertThat(rate("120/1m")).isEqualTo(new StartRate(2, 2));
        assertThat(rate("'5 / s'")).isEqualTo(new StartRate(5, 5));
        assertThat(rate("1/10s")).isEqualTo(new StartRate(0.1, 1));
        assertThat(rate("{per_second: 2.5}")).isEqualTo(new StartRate(2.5, 3));
    }

    private StartRate rate(String text) throws Exception {
        return load("- {type: command, name: a, command: [date], rate: " + text + "}")
                .get(0)
                .policy()
                .limits()
                .rate();
    }

    @Test
    void wrongLimitsAreNamedWithTheirCure() {
        String tool = "- {type: command, name: a, command: [date], %s}";
        assertWrong(
                tool.formatted("cluster_concurrency: 0"), "cluster_concurrency is 0: write a value from 1 to 100000");
        assertWrong(tool.formatted("key_concurrency: 0"), "key_concurrency is 0: write a value from 1 to 1000");
        assertWrong(tool.formatted("max_queue: 0"), "max_queue is 0: write a value from 1 to 10000000");
        for (String rate : List.of("fast", "100", "0/1m", "5/0s", "5/1x", "{burst: 3}", "{per_second: 0}")) {
            assertWrong(tool.formatted("rate: " + rate), "rate");
        }
        assertWrong(tool.formatted("rate: fast"), "rate is 'fast': write jobs per time such as 100/1m");
        assertWrong(tool.formatted("rate: {per_second: 1, burst: 0}"), "rate.burst is 0: write a value from 1 to");
    }

    @Test
    void omittedSettingsHaveDefaults() throws Exception {
        assertThat(load("- " + ONE.formatted("a")).get(0).policy()).isEqualTo(ToolPolicy.DEFAULT);
        Retry retry = load("- {type: command, name: a, command: [date], retry: {max_attempts: 2, backoff: 1h}}")
                .get(0)
                .policy()
                .retry();
        assertThat(retry).isEqualTo(new Retry(2, Duration.ofHours(1), Duration.ofHours(1), 2, 0.2));
    }

    @Test
    void errorsNameFileLineAndCure() {
        assertWrong(
                "- {type: comand, name: a}",
                ":1: [0]: ",
                "no type 'comand': write one of [command, http, java, mcp, remote]");
        assertWrong(
                "- type: command\n  name: a\n  comand: [x]",
                ":3: [0].comand: ",
                "there is no setting 'comand': write one of [allow_dashes, cluster_concurrency, command, ");
        assertWrong("- name: a\n  command: [x]", ": [0]: a tool has no type: add one, such as type: command");
        assertWrong("tools:\n- {type: command, name: a, command: {b: 1}}", ":2: tools", "must be a text, and is");
        assertWrong("- [", ":1", "expected");
        assertWrong("tool: []", ":1: tool: ", "there is no setting 'tool': write one of [tools]");
        assertWrong("just text", ":1", "");
    }

    @Test
    void everyMistakeIsReportedWithItsLine() throws Exception {
        Files.writeString(folder.resolve("tools.yml"), """
                - {type: command, name: fine, command: [date]}
                - type: command
                  name: a
                  comand: [x]
                  retry:
                    backof: 1s
                - {type: command, name: b, command: [date], concurrency: 0}

                - {name: c, typ: command}
                - {type: command, name: fine, command: [date]}
                - {type: command, name: fine, command: [date]}
                """);
        assertThatThrownBy(() -> new ToolFiles().load(folder, new ToolContext()))
                .isInstanceOfSatisfying(
                        ToolConfigurationException.class,
                        wrong -> assertThat(wrong.problems())
                                .satisfiesExactly(
                                        one -> assertThat(one).contains("tools.yml:4: [1].comand: there is no setting"),
                                        two -> assertThat(two)
                                                .contains("tools.yml:6: [1].retry.backof: there is no setting"),
                                        three -> assertThat(three).contains("tools.yml:7: tool 'b': concurrency is 0"),
                                        four -> assertThat(four).contains("tools.yml:9: [3]: a tool has no type"),
                                        five -> assertThat(five)
                                                .contains("'fine' is defined twice", "tools.yml:1 and", "tools.yml:10"),
                                        six -> assertThat(six).contains("tools.yml:1 and", "tools.yml:11")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    rate: 5              | jobs per time such as 100/1m, or {per_second: 5, burst: 10}, and is the number 5
                    timeout: 5           | a time with its unit, such as 30s, 10m or 2h, and is the number 5
                    timeout: {a: 1}      | a time with its unit, such as 30s, 10m or 2h, and is names with values
                    max_output: [1]      | a size with its unit, such as 64KiB or 16MiB, and is a list
                    env: [A]             | names with values, such as {name: value}, and is a list
                    secret_env: {A: 5}   | {env: NAME} or {file: path}, and is the number 5
                    retry: 5             | settings, such as {max_attempts: 3, backoff: 10s}, and is the number 5
                    limits: 1GiB         | settings, such as {name: value}, and is the text '1GiB'
                    concurrency: 5.5     | a whole number, and is 5.5
                    concurrency: true    | a whole number, and is true or false
                    isolated: 5.5        | true or false, and is a number
                    fatal_exit_codes: 3  | a list, such as [1, 2], and is a number
                    """)
    void aValueOfTheWrongKindIsToldWithTheRightOne(String setting, String message) {
        assertWrong("- {type: command, name: a, command: [date], " + setting + "}", "must be " + message, "");
    }

    @Test
    void mistakesAreFoundAmongOtherSettings() {
        String text = "workers:\n  poll: 1s\ntools:\n- {type: command, name: a}\n- {type: remote, name: b}\napi: {}\n";
        assertThat(new ToolFiles().mistakes(text, "config.yml", new ToolContext()))
                .singleElement()
                .asString()
                .startsWith("config.yml:4: tool 'a': ");
    }

    @Test
    void policiesOutOfRangeAreRefused() {
        assertPolicy("retry: {max_attempts: 0}", "retry.max_attempts is 0: write a value from 1 to 100");
        assertPolicy("retry: {jitter: 2}", "retry.jitter is 2: write a value from 0 to 1");
        assertPolicy("retry: {backoff: 2h, max_backoff: 1h}", "raise max_backoff or lower backoff");
        assertPolicy("concurrency: 0", "tool 'a': concurrency is 0: write a value from 1 to 100000");
        assertPolicy("timeout: 0s", "tool 'a': timeout is PT0S: write a duration such as 10m");
        assertPolicy("timeout: soon", "must be a time with its unit, such as 30s, 10m or 2h, and is soon");
        assertPolicy("max_result: lots", "must be a size with its unit, such as 64KiB or 16MiB, and is lots");
        assertPolicy("max_losses: -1", "tool 'a': max_losses is -1: write a value from 0 to 1000");
        assertPolicy("max_result: 1GiB", "tool 'a': max_result is 1073741824 bytes: write a size from 1KiB to 128MiB");
        assertPolicy("on_worker_loss: ignore", "on_worker_loss: must be one of retry, fail, and is \"ignore\"");
        assertPolicy("output: foo", "output: must be one of auto, json, text, lines, and is \"foo\"");
        assertPolicy("retry: {max_attempts: many}", "retry.max_attempts: must be a whole number, and is \"many\"");
        assertPolicy("retry: {jitter: much}", "retry.jitter: must be a number, and is \"much\"");
        assertPolicy("isolated: maybe", "isolated: must be true or false, and is \"maybe\"");
    }

    @Test
    void namesAreChecked() {
        assertWrong(
                "- {type: command, command: [date]}", ": tool without a name: a tool has no name", "name: fasta.stats");
        assertWrong("- {type: command, name: 'a b', command: [date]}", "'a b' cannot be a tool's name", "hyphens");
        assertWrong("- {type: command, name: .a, command: [date]}", "'.a' cannot be", "letter or digit first");
        assertWrong("- {type: command, name: " + "x".repeat(101) + ", command: [date]}", "cannot be", "1 to 100");
    }

    @Test
    void anInvalidSchemaNamesItsTool() {
        assertWrong(
                "- {type: command, name: a, command: [date], params: {type: strin}}",
                ": tool 'a': params is no valid JSON Schema (2020-12): at '/type'",
                "");
    }

    @Test
    void aMissingFileIsNamed() {
        Path missing = folder.resolve("missing.yml");
        assertThatThrownBy(() -> new ToolFiles().load(missing, new ToolContext()))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageStartingWith(missing + ": cannot be read")
                .hasMessageContaining("LONGHAUL_TOOLS");
    }

    @Test
    void valuesComeFromTheEnvironment() throws Exception {
        RegisteredTool tool =
                load("- {type: command, name: a, command: [date], description: 'at ${PATH}, ${NO_SUCH_X}, $${PATH}'}")
                        .get(0);
        assertThat(tool.description().description())
                .isEqualTo("at " + System.getenv("PATH") + ", ${NO_SUCH_X}, ${PATH}");
    }

    @Test
    void aDefaultNamesNoOtherVariable() throws Exception {
        RegisteredTool tool =
                load("- {type: command, name: a, command: [date], description: 'rm ${NO_SUCH_X:-${PATH:-/tmp}}/a'}")
                        .get(0);
        assertThat(tool.description().description()).isEqualTo("rm ${PATH:-/tmp}/a");
    }

    private void assertPolicy(String setting, String message) {
        assertWrong("- {type: command, name: a, command: [date], " + setting + "}", message, "");
    }

    private void assertWrong(String yaml, String... parts) {
        assertThatThrownBy(() -> load(yaml))
                .isInstanceOf(ToolConfigurationException.class)
                .hasMessageStartingWith(folder.resolve("tools.yml").toString())
                .hasMessageContainingAll(parts);
    }

    private List<RegisteredTool> load(String yaml) throws Exception {
        return new ToolFiles().load(Files.writeString(folder.resolve("tools.yml"), yaml), new ToolContext());
    }

    private static List<String> names(List<RegisteredTool> tools) {
        return tools.stream().map(RegisteredTool::name).toList();
    }
}
