package io.longhaul.cli.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.tools.http.StandIn;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server sends a thousand deliveries again at a time. */
class RedeliverTest {
    private static final String ID = "9b2e6a1c-77d0-4c65-a4a5-1f0e0c9d2b04";

    private final StandIn server = new StandIn();

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void allAreSentAgainAndCounted() {
        answers("{\"redelivered\":1000,\"more\":true}", "{\"redelivered\":1000,\"more\":true}", last(7));
        assertThat(redeliver("--since", "24h")).isEqualTo("2007 sent again\n");
        assertThat(server.requests()).hasSize(3);
        assertThat(server.requests())
                .extracting(StandIn.Request::body)
                .containsOnly(server.requests().get(0).body());
    }

    @Test
    void jsonHasTheSum() {
        answers("{\"redelivered\":1000,\"more\":true}", last(0));
        assertThat(redeliver("--since", "24h", "--json")).isEqualTo("{\"redelivered\":1000,\"more\":false}\n");
    }

    @Test
    void noneIsSaidToBeNone() {
        answers(last(0));
        assertThat(redeliver("--since", "2026-11-01T12:00:00Z"))
                .isEqualTo("no delivery has failed since 2026-11-01T12:00:00Z\n");
    }

    private static String last(int redelivered) {
        return "{\"redelivered\":" + redelivered + ",\"more\":false}";
    }

    private void answers(String... answers) {
        Queue<String> left = new ArrayDeque<>(List.of(answers));
        server.on("/v1/webhooks/" + ID + "/redeliver", (request, exchange) -> exchange.json(200, left.remove()));
    }

    private String redeliver(String option, String value, String... more) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        List<String> words = new ArrayList<>(List.of("webhook", "redeliver", ID, option, value));
        words.addAll(List.of(more));
        int exit = new RemoteCommands(
                        Map.of("LONGHAUL_URL", server.url()),
                        new ByteArrayInputStream(new byte[0]),
                        out,
                        new PrintStream(out, true, StandardCharsets.UTF_8))
                .run(words);
        assertThat(exit).as(out.toString(StandardCharsets.UTF_8)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }
}
