package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

class InvokeApiTest {
    /** Not shut down, because failed tests run again in the same class. */
    private static final ExecutorService CALLERS = Executors.newCachedThreadPool();

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @Order(3)
    @RegisterExtension
    static final ApiServer IMPATIENT = new ApiServer(
                    DATABASE,
                    new ApiConfiguration(
                            1 << 20, 1 << 24, Duration.ofDays(1), Duration.ofDays(7), Duration.ofSeconds(3)),
                    BuiltIn.tools())
            .withIdleTimeout(io.dropwizard.util.Duration.seconds(1));

    @Order(4)
    @RegisterExtension
    static final ApiServer STOPPING = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @Test
    void aCallAnswersWithTheResultWhenTheJobEnds() throws Exception {
        CompletableFuture<Answer> call = invoke(SERVER, "{\"tool\": \"echo\", \"params\": {\"n\": 1.10}}");
        ClaimedJob claimed = next();
        SERVER.worker().complete(claimed, "{\"n\": 1.10}");

        Answer answer = call.get(60, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json("/ok").booleanValue()).isTrue();
        assertThat(answer.text("/tool")).isEqualTo("echo");
        assertThat(answer.json("/result")).hasToString("{\"n\":1.10}");
        assertThat(answer.text("/trace_id")).isEqualTo(claimed.traceId());
        assertThat(answer.text("/job_id")).isEqualTo(claimed.lease().jobId().toString());
    }

    @Test
    void aFailureOfTheToolIsAnEnvelopeAndNotAnHttpError() throws Exception {
        CompletableFuture<Answer> call = invoke(SERVER, "{\"tool\": \"echo\"}");
        ClaimedJob claimed = next();
        SERVER.worker().fail(claimed, "TOOL_ERROR", "No such genome", null);

        Answer answer = call.get(60, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json("/ok").booleanValue()).isFalse();
        assertThat(answer.text("/error_code")).isEqualTo("TOOL_ERROR");
        assertThat(answer.text("/message")).isEqualTo("No such genome");
        assertThat(answer.text("/tool")).isEqualTo("echo");
        assertThat(answer.text("/trace_id")).isEqualTo(claimed.traceId());
        assertThat(answer.text("/job_id")).isEqualTo(claimed.lease().jobId().toString());
    }

    @Test
    void aCancelledCallAnswersThatItWasCancelled() throws Exception {
        CompletableFuture<Answer> call = invoke(SERVER, "{\"tool\": \"echo\"}");
        ClaimedJob claimed = next();
        SERVER.delete("/v1/jobs/" + claimed.lease().jobId());
        SERVER.worker().lookForEnds();

        assertThat(call.get(60, TimeUnit.SECONDS).text("/error_code")).isEqualTo("CANCELLED");
    }

    @Test
    void aCallThatTakesTooLongIsAnswered202AndItsJobContinues() throws Exception {
        // Longer than the connection's idle timeout.
        Answer answer = invoke(IMPATIENT, "{\"tool\": \"echo\"}").get(60, TimeUnit.SECONDS);

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json("/ok").booleanValue()).isFalse();
        assertThat(answer.text("/error_code")).isEqualTo("STILL_RUNNING");
        assertThat(answer.text("/status")).isEqualTo("pending");
        assertThat(answer.header("Location")).isEqualTo("/v1/jobs/" + answer.text("/job_id"));
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        SERVER.worker().complete(SERVER.worker().claim(answer.text("/job_id")), "1");
        assertThat(SERVER.get(answer.header("Location")).text("/status")).isEqualTo("completed");
    }

    @Test
    void aReplayedCallOfAnEndedJobAnswersAtOnce() throws Exception {
        String body = "{\"tool\": \"echo\", \"idempotency_key\": \"call\"}";
        CompletableFuture<Answer> call = invoke(SERVER, body);
        SERVER.worker().complete(next(), "[1]");
        String id = call.get(60, TimeUnit.SECONDS).text("/job_id");

        Answer again = invoke(SERVER, body).get(60, TimeUnit.SECONDS);
        assertThat(again.text("/job_id")).isEqualTo(id);
        assertThat(again.json("/result")).hasToString("[1]");
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
    }

    @Test
    void aCallWhosePredecessorFailedSaysSo() throws Exception {
        String body = "{\"tool\": \"echo\", \"idempotency_key\": \"next\"}";
        String id = SERVER.post("/v1/jobs", body).text("/job_id");
        SERVER.jdbi()
                .useHandle(h -> h.execute(
                        "UPDATE jobs SET status = 'cancelled', completed_at = NOW(), error_code = 'PREDECESSOR_FAILED',"
                                + " error_message = 'A job before it failed.' WHERE id = ?::uuid",
                        id));

        Answer answer = invoke(SERVER, body).get(60, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text("/error_code")).isEqualTo("PREDECESSOR_FAILED");
        assertThat(answer.text("/message")).isEqualTo("A job before it failed.");
        assertThat(answer.text("/status")).isEqualTo("cancelled");
    }

    @Test
    void aCallThatIsNotAcceptedIsAProblemWithTheMembersOfTheEnvelope() throws Exception {
        Answer answer = invoke(SERVER, "{\"tool\": \"no.such\"}").get(60, TimeUnit.SECONDS);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.json("/ok").booleanValue()).isFalse();
        assertThat(answer.text("/error_code")).isEqualTo("UNKNOWN_TOOL");
        assertThat(answer.text("/tool")).isEqualTo("no.such");
        assertThat(answer.text("/trace_id")).matches("[0-9a-f]{32}");
    }

    @Test
    void aCallIsAnswered202WithItsJobIfTheDatabaseFailsAtTheEnd() throws Exception {
        CompletableFuture<Answer> call = invoke(SERVER, "{\"tool\": \"echo\"}");
        ClaimedJob claimed = next();
        PGSimpleDataSource nowhere = new PGSimpleDataSource();
        nowhere.setUrl("jdbc:postgresql://127.0.0.1:1/nowhere?connectTimeout=1");
        SERVER.source().use(nowhere);
        try {
            SERVER.worker().tellEnd(claimed);
            Answer answer = call.get(60, TimeUnit.SECONDS);
            assertThat(answer.status()).isEqualTo(202);
            assertThat(answer.text("/error_code")).isEqualTo("STILL_RUNNING");
            assertThat(answer.header("Location"))
                    .isEqualTo("/v1/jobs/" + claimed.lease().jobId());
            assertThat(answer.header("traceparent")).contains(answer.text("/trace_id"));
        } finally {
            SERVER.source().useUsual();
        }
    }

    @Test
    void aStoppingNodeAnswersWaitingCalls() throws Exception {
        CompletableFuture<Answer> call = invoke(STOPPING, "{\"tool\": \"ping\"}");
        next();
        STOPPING.waits().release();

        assertThat(call.get(60, TimeUnit.SECONDS).status()).isEqualTo(202);
        assertThat(invoke(STOPPING, "{\"tool\": \"ping\"}")
                        .get(60, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(202);
        next();
    }

    @Test
    void waitingCallsHoldNoThreads() throws Exception {
        int calls = 100;
        List<CompletableFuture<Answer>> waiting = new ArrayList<>();
        for (int i = 0; i < calls; i++) {
            waiting.add(invoke(SERVER, "{\"tool\": \"echo\"}"));
        }
        List<ClaimedJob> claimed = claim(calls);
        Await.until("the threads of the calls are free", () -> busyThreads() < 50);
        claimed.forEach(job -> SERVER.worker().complete(job, "1"));
        for (CompletableFuture<Answer> call : waiting) {
            assertThat(call.get(60, TimeUnit.SECONDS).json("/ok").booleanValue())
                    .isTrue();
        }
    }

    private static long busyThreads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(e -> e.getKey().getName().startsWith("dw-"))
                .filter(e -> Arrays.stream(e.getValue())
                        .anyMatch(f -> f.getClassName().startsWith("io.longhaul.api.")))
                .count();
    }

    /** Claims until there is a job, because another thread makes the call. */
    private static ClaimedJob next() {
        return claim(1).get(0);
    }

    private static List<ClaimedJob> claim(int jobs) {
        long deadline = System.nanoTime() + ApiServer.PATIENCE.toNanos();
        List<ClaimedJob> claimed = new ArrayList<>();
        while (claimed.size() < jobs) {
            assertThat(System.nanoTime()).as("no job was submitted").isLessThan(deadline);
            claimed.addAll(SERVER.worker().claim());
        }
        return claimed;
    }

    private static CompletableFuture<Answer> invoke(ApiServer server, String body) {
        return CompletableFuture.supplyAsync(() -> server.post("/v1/mcp/invoke", body), CALLERS);
    }
}
