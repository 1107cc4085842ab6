package io.longhaul.cli.remote;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class NamedRequestsTest {
    private static final String ID = "5f0c9a1b-e24d-4783-8d5c-0123456789ab";

    /** What sends an operation of the API. */
    private static final Map<String, String> COVERED =
            ApiCoverageTest.commands().collect(toMap(ApiCoverageTest.Sent::operation, ApiCoverageTest.Sent::command));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            GET /v1/mcp/tools lists those there are.    | `lh tool list` lists those there are.
            write the id that POST /v1/files answered   | write the id that `lh file put FILE` answered
            change it with PATCH /v1/schedules/{id}.    | change it with `lh schedule change ID JSON`.
            cancel it with DELETE /v1/jobs/5.           | cancel it with `lh job cancel 5`.
            POST /v1/jobs/cancel?tool=a.b. Or           | `lh operation create cancel --tool a.b`. Or
            DELETE /v1/tools/a-b?force=true.            | `lh tool delete a-b --force`.
            answer it: POST /v1/jobs/{id}/inputs/go, or | answer it: `lh job answer ID go`, or
            GET /v1/jobs/5/files and GET /v1/jobs       | `lh file list 5` and `lh job list`
            POST /v1/workers or GET /v2/jobs            | POST /v1/workers or GET /v2/jobs
            """)
    void aRequestIsNamedByItsCommand(String text, String shown) {
        assertThat(NamedRequests.asCommands(text, words -> "lh " + words)).isEqualTo(shown);
    }

    static Stream<NamedRequests.Entry> entries() {
        return NamedRequests.entries().stream();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void theCommandSendsWhatTheRequestAsksFor(NamedRequests.Entry entry) {
        String command =
                entry.command().replace("{id}", ID).replaceAll("[{}]", "").replace("JSON", "{}");
        assertThat(RemoteTree.tree().parseArgs(command.split(" ")).hasSubcommand())
                .isTrue();
        String sends = COVERED.get(entry.method() + " /v1/" + String.join("/", entry.path()));
        assertThat(sends == null ? command : sends).startsWith(action(command));
    }

    private static String action(String command) {
        String[] words = command.split(" ");
        return words.length == 1 ? words[0] : words[0] + " " + words[1];
    }

    @Test
    void fewRequestsAreNamedByCommandsThatSendOthers() {
        assertThat(entries().map(entry -> entry.method() + " /v1/" + String.join("/", entry.path())))
                .filteredOn(request -> !COVERED.containsKey(request))
                .containsExactlyInAnyOrder(
                        "POST /v1/jobs/cancel", "POST /v1/jobs/retry", "GET /v1/tools", "GET /v1/schedules/{id}/jobs");
    }
}
