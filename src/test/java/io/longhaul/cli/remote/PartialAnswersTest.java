package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.http.StandIn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an answer leaves out is said. */
class PartialAnswersTest {
    private static final String PREVIEW = "{\"dry_run\":true,\"matched\":7,\"matched_is_estimate\":false,\"sample\":[],"
            + "\"searched_to\":\"2026-01-31T12:00:00.5+00:00\"}";

    private final StandIn server = new StandIn();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void aDryRunSaysHowFarItCame() {
        server.on("/v1/operations", (request, exchange) -> exchange.json(200, PREVIEW));
        assertThat(run("operation", "create", "retry", "--error", "disk", "--dry-run"))
                .isEqualTo("7\n");
        assertThat(said()).contains("jobs submitted until 2026-01-31T12:00:00Z");
        assertThat(run("operation", "create", "retry", "--error", "disk", "--dry-run", "--json"))
                .isEqualTo(PREVIEW + "\n");
    }

    @Test
    void moreGroupsOfFailuresAreSaid() {
        server.on("/v1/failures", (request, exchange) -> exchange.json(200, "{\"groups\": [{}], \"more\": true}"));
        run("failure", "--limit", "1", "--tool", "report");
        assertThat(said()).isEqualTo("There are more groups.\n");
        assertThat(server.requests().get(0).uri()).endsWith("/v1/failures?limit=1&tool=report");
    }

    @Test
    void filesOfAJobAreListedApart() {
        server.on(
                "/v1/jobs/",
                (request, exchange) -> exchange.json(
                        200,
                        "{\"files\": [{\"name\": \"out.csv\", \"bytes\": 3}],"
                                + " \"inputs\": [{\"param\": \"/path\", \"name\": \"in.csv\", \"bytes\": 2048}]}"));
        String id = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
        assertThat(run("file", "list", id)).isEqualTo("NAME     SIZE\nout.csv   3 B\n");
        assertThat(run("file", "list", id, "--inputs")).isEqualTo("PARAM  NAME       SIZE\n/path  in.csv  2.0 KiB\n");
        assertThat(run("file", "list", id, "--inputs", "--json"))
                .contains("in.csv")
                .hasLineCount(1);
    }

    private String run(String... words) {
        out.reset();
        int exit = new RemoteCommands(
                        Map.of("LONGHAUL_URL", server.url()),
                        new ByteArrayInputStream(new byte[0]),
                        out,
                        new PrintStream(err, true, StandardCharsets.UTF_8))
                .run(List.of(words));
        assertThat(exit).as(said()).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    private String said() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
