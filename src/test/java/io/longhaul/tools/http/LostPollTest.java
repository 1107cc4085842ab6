package io.longhaul.tools.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.checkpoints.AttemptedJob;
import io.longhaul.checkpoints.StoredCheckpoints;
import io.longhaul.jobs.Await;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.RecordedCall;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.TestTools;
import io.longhaul.tools.ToolContext;
import io.longhaul.tools.spi.ToolResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Work that a server continues although the attempt that began it was lost. */
final class LostPollTest {
    private static final String BY_ID = "/jobs/{answer.job.id}";
    private static final ToolResult DONE = new ToolResult.Success("{\"state\":\"OK\"}");

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final StandIn server = new StandIn();
    private final Set<String> known = ConcurrentHashMap.newKeySet();
    private final AtomicInteger stopped = new AtomicInteger();
    private volatile String state = "RUNNING";
    private AttemptedJob job;

    @BeforeEach
    void serve() {
        job = new AttemptedJob(JOBS, JOBS.pending("tool"));
        AtomicInteger begun = new AtomicInteger();
        server.on("/start", (request, exchange) -> {
            String place = "/jobs/" + begun.incrementAndGet();
            known.add(place);
            String query = request.uri().contains("?")
                    ? request.uri().substring(request.uri().indexOf('?'))
                    : "";
            exchange.header("Location", place + query)
                    .json(201, "{\"job\": {\"id\": " + begun + "}, \"more\": \"not needed\"}");
        });
        server.on("/jobs/", this::answer);
    }

    private void answer(StandIn.Request request, StandIn.Exchange exchange) throws IOException {
        if (request.method().equals("DELETE")) {
            stopped.incrementAndGet();
        }
        String place = request.uri().replaceAll("\\?.*", "");
        exchange.json(known.contains(place) ? 200 : 404, "{\"state\":\"" + state + "\"}");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {BY_ID, "{headers.location}"})
    void theNextAttemptContinuesToPollAndALateOneDoesNotStopTheWork(String url) throws Exception {
        RecordedCall late = lostCall(tool(url));
        RecordedCall second = call(tool(url), 2);
        Await.until("it was taken over", () -> job.isKeptBy(2));
        late.cancel();
        late.awaitEnd();
        state = "OK";
        assertThat(second.await()).isEqualTo(DONE);
        assertThat(starts()).hasSize(1);
        assertThat(stopped).hasValue(0);
        assertThat(job.isKept()).isFalse();
    }

    @Test
    void onlyValuesThatLaterRequestsNameAreKept() throws Exception {
        RecordedCall call = keptCall(tool(BY_ID));
        assertThat(JOBS.count(
                        "SELECT count(*) FROM tool_checkpoints"
                                + " WHERE job_id = ? AND data::jsonb->'values' = '{\"answer\": {\"job\": {\"id\": 1}}}'",
                        job.id()))
                .isEqualTo(1);
        call.cancel();
        call.awaitEnd();
    }

    @Test
    void workUnknownToTheServerIsStartedAgain() throws Exception {
        RecordedCall late = lostCall(tool(BY_ID));
        known.clear();
        late.awaitEnd();
        state = "OK";
        assertThat(call(tool(BY_ID), 2).await()).isEqualTo(DONE);
        assertThat(starts())
                .hasSize(2)
                .extracting(request -> request.header("Idempotency-key"))
                .containsOnly(job.id().toString());
        assertThat(job.isKept()).isFalse();
    }

    @Test
    void anAttemptAfterAFailureStartsTheWorkAgain() throws Exception {
        state = "BAD";
        assertThat(call(tool(BY_ID), 1).await()).isInstanceOf(ToolResult.Failure.class);
        assertThat(job.isKept()).isFalse();
        state = "OK";
        assertThat(call(tool(BY_ID), 2).await()).isEqualTo(DONE);
        assertThat(starts()).hasSize(2);
    }

    @Test
    void withOtherUrlsTheWorkIsStartedAgain() throws Exception {
        RecordedCall late = lostCall(tool(BY_ID));
        late.cancel();
        late.awaitEnd();
        state = "OK";
        assertThat(call(tool("{headers.location}"), 2).await()).isEqualTo(DONE);
        assertThat(starts()).hasSize(2);
    }

    @Test
    void aCancelTellsTheServerAndEndsTheCheckpoint() throws Exception {
        RecordedCall call = keptCall(tool(BY_ID));
        call.cancel();
        call.awaitEnd();
        Await.until("the server was told", () -> stopped.get() == 1);
        assertThat(job.isKept()).isFalse();
    }

    @Test
    void aSecretThatTheServerRepeatsIsNotKept(@TempDir Path folder) throws Exception {
        Path secret = Files.writeString(folder.resolve("secret"), "tell nobody");
        RegisteredTool tool = tool("{headers.location}", ", auth: {query: api_key, value: {file: " + secret + "}}");
        RecordedCall call = call(tool, 1);
        Await.until("it asks", () -> server.requests().size() > 1);
        assertThat(job.isKept()).isFalse();
        state = "OK";
        assertThat(call.await()).isEqualTo(DONE);
    }

    private List<StandIn.Request> starts() {
        return server.requests().stream()
                .filter(request -> request.uri().startsWith("/start"))
                .toList();
    }

    private RecordedCall lostCall(RegisteredTool tool) {
        RecordedCall call = keptCall(tool);
        job.ended(1, "WORKER_LOST");
        return call;
    }

    private RecordedCall keptCall(RegisteredTool tool) {
        RecordedCall call = call(tool, 1);
        Await.until("what is needed to ask is kept", job::isKept);
        return call;
    }

    private RecordedCall call(RegisteredTool tool, int attempt) {
        return new RecordedCall("{\"x\": 1}", job.id(), attempt).start(tool);
    }

    private RegisteredTool tool(String pollUrl) {
        return tool(pollUrl, "");
    }

    private RegisteredTool tool(String pollUrl, String more) {
        ToolContext toolContext = new ToolContext();
        toolContext.useCheckpoints(new StoredCheckpoints(JOBS.jdbi()));
        return TestTools.one(
                "[{type: http, name: tool, method: POST, url: '" + server.url() + "/start', poll: {url: '" + pollUrl
                        + "', interval: 20ms, done: {/state: OK}, failed: {/state: BAD}}, cancel: {url: '" + pollUrl
                        + "'}" + more + "}]",
                toolContext);
    }
}
