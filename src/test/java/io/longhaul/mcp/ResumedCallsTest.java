package io.longhaul.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.McpClient.Stream;
import io.longhaul.mcp.McpNode.Step;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Calls of legacy clients whose streams broke: they are cancelled and resumed as if nothing had happened, at any node. */
class ResumedCallsTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final McpNode NODE = new McpNode(DATABASE, "");

    @Order(3)
    @RegisterExtension
    static final McpNode OTHER = new McpNode(DATABASE, "");

    private static final String STEP = "{\"name\": \"step\"}";

    private final McpClient here = NODE.client().initialize(Protocol.LEGACY, "{\"elicitation\": {}}");
    private final McpClient there = here.at(OTHER.url());

    /** A stream that broke, which its node has noticed. */
    private static String broken(Stream stream) {
        stream.close();
        Await.until("the node notices it", Await.LONG, () -> NODE.streams() == 0);
        return stream.lastId();
    }

    private static void awaitBegin(Stream stream) {
        Await.until("the stream begins", Await.LONG, () -> stream.lastId() != null);
    }

    private static Optional<String> request(Step step) {
        return Jdbi.create(DATABASE.dataSource())
                .withHandle(
                        handle -> handle.select("SELECT request_id FROM mcp_calls WHERE job_id::text = ?", step.id())
                                .mapTo(String.class)
                                .findOne());
    }

    private static String cancelled(Step step) {
        return "{\"requestId\": " + request(step).orElseThrow() + "}";
    }

    @Test
    void aCallWhoseStreamBrokeCanBeCancelled() {
        Stream stream = here.open("tools/call", STEP);
        Step step = NODE.claim("step");
        awaitBegin(stream);
        String notice = cancelled(step);
        broken(stream);

        there.tell("notifications/cancelled", notice);

        assertThat(NODE.status(step.id())).isEqualTo("cancelled");
    }

    @Test
    void aResumedCallCanBeCancelledAndIsForgottenAfterItsAnswer() {
        Stream stream = here.open("tools/call", STEP);
        Step step = NODE.claim("step");
        awaitBegin(stream);
        String notice = cancelled(step);
        try (Stream again = there.listen("Last-Event-ID", broken(stream))) {
            awaitBegin(again);
            here.tell("notifications/cancelled", notice);
            assertThat(again.last().at("/error/code").asInt()).isEqualTo(-32800);
        }
        Await.until("it is forgotten", Await.LONG, () -> request(step).isEmpty());
    }

    @Test
    void aCallWithoutAStreamCanBeCancelledAtTheOtherNode() throws Exception {
        here.with("Accept", "application/json");
        Thread waits = new Thread(() -> here.open("tools/call", STEP).close());
        waits.start();
        Step step = NODE.claim("step");
        Await.until("it is known to all nodes", Await.LONG, () -> request(step).isPresent());

        there.tell("notifications/cancelled", cancelled(step));

        assertThat(NODE.status(step.id())).isEqualTo("cancelled");
        waits.join(Duration.ofMinutes(1).toMillis());
        Await.until("it is forgotten", Await.LONG, () -> request(step).isEmpty());
    }

    @Test
    void aCallThatNobodyCameBackForIsForgottenAfterTheEndOfItsJob() {
        Stream stream = here.open("tools/call", STEP);
        Step step = NODE.claim("step");
        awaitBegin(stream);
        broken(stream);
        Sessions sessions = new Sessions(Jdbi.create(DATABASE.dataSource()).installPlugin(new SqlObjectPlugin()));

        sessions.clean();
        assertThat(request(step)).isPresent();
        step.complete("1");
        sessions.clean();
        assertThat(request(step)).isEmpty();
    }

    @Test
    void aResumedResultOfATaskNamesItsTask() {
        String id = here.result("tools/call", "{\"name\": \"step\", \"task\": {}}")
                .at("/task/taskId")
                .asText();
        Step step = NODE.claim("step");
        Stream stream = here.open("tasks/result", "{\"taskId\": \"" + id + "\"}");
        awaitBegin(stream);
        try (Stream again = there.listen("Last-Event-ID", broken(stream))) {
            step.ask("who", "");
            JsonNode asks = again.next();
            assertThat(asks.path("method").asText()).isEqualTo("elicitation/create");
            assertThat(task(asks.path("params"))).isEqualTo(id);
            step.complete("1");
            assertThat(task(again.last().path("result"))).isEqualTo(id);
        }
    }

    private static String task(JsonNode of) {
        return of.path("_meta").path(Protocol.META_RELATED_TASK).path("taskId").asText();
    }

    @Test
    void progressRisesAndNoLineIsToldTwice() {
        here.result("logging/setLevel", "{\"level\": \"info\"}");
        Stream stream = here.open("tools/call", "{\"name\": \"step\", \"_meta\": {\"progressToken\": 1}}");
        Step step = NODE.claim("step");
        step.log("first");
        assertThat(stream.next().at("/params/data").asText()).isEqualTo("first");
        step.progress(0.5, "half");
        assertThat(progress(stream)).isEqualTo(0.5);
        try (Stream again = there.listen("Last-Event-ID", broken(stream))) {
            assertThat(progress(again)).as("told anew").isGreaterThan(0.5).isLessThan(0.6);
            step.progress(0.3, "back");
            assertThat(progress(again)).isGreaterThan(0.5).isLessThan(0.6);
            step.log("second");
            assertThat(again.next().at("/params/data").asText()).isEqualTo("second");
            step.complete("1");
            assertThat(again.last().has("result")).isTrue();
        }
    }

    private static double progress(Stream stream) {
        JsonNode told = stream.next();
        assertThat(told.path("method").asText()).isEqualTo("notifications/progress");
        return told.at("/params/progress").asDouble();
    }

    /** A node of another build may have given it. */
    @Test
    void anIdWithoutItsLastPartIsTaken() {
        Stream stream = here.open("tools/call", "{\"name\": \"step\", \"_meta\": {\"progressToken\": 1}}");
        Step step = NODE.claim("step");
        step.progress(0.5, "half");
        progress(stream);
        String id = broken(stream);
        try (Stream again = there.listen("Last-Event-ID", id.substring(0, id.lastIndexOf('.')))) {
            assertThat(progress(again)).isEqualTo(0.5);
            step.complete("1");
            assertThat(again.last().has("result")).isTrue();
        }
        assertThat(EventId.parse(id + ".x")).isEmpty();
        assertThat(EventId.parse("nonsense")).isEmpty();
    }
}
