package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BulkApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @AfterEach
    void removeJobs() {
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs, job_leases, job_attempts"));
    }

    private static Answer post(String path, String... headers) {
        return SERVER.post(path, "", headers);
    }

    private static String status(String id) {
        return SERVER.get("/v1/jobs/" + id).text("/status");
    }

    private static String failed() {
        String id = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"n\": 1}, \"priority\": 3}")
                .text("/job_id");
        SERVER.worker().fail(SERVER.worker().claim(id), "TOOL_ERROR", "broke", null);
        return id;
    }

    @Test
    void aDryRunCountsJobsAndCancelsNone() {
        List<String> jobs = List.of(SERVER.submit(), SERVER.submit());
        SERVER.post("/v1/jobs", "{\"tool\": \"ping\"}");

        Answer preview = post("/v1/jobs/cancel?tool=echo&dry_run=true");
        assertThat(preview.status()).isEqualTo(200);
        assertThat(preview.json("/dry_run").booleanValue()).isTrue();
        assertThat(preview.json("/matched").asInt()).isEqualTo(2);
        assertThat(preview.json("/matched_is_estimate").booleanValue()).isFalse();
        assertThat(preview.json("/sample")).extracting(n -> n.asText()).containsExactlyElementsOf(jobs);
        assertThat(jobs).allSatisfy(id -> assertThat(status(id)).isEqualTo("pending"));
    }

    @Test
    void allJobsThatMatchAreCancelledPendingAndRunningOnes() {
        String running = SERVER.submit();
        SERVER.worker().claim(running);
        String ended = failed();
        String pending = SERVER.submit();
        String other = SERVER.post("/v1/jobs", "{\"tool\": \"ping\"}").text("/job_id");

        Answer answer = post("/v1/jobs/cancel?tool=echo");
        assertThat(answer.json("/cancelled").asInt()).isEqualTo(2);
        assertThat(answer.json("/more").booleanValue()).isFalse();
        assertThat(status(running)).isEqualTo("cancelled");
        assertThat(status(pending)).isEqualTo("cancelled");
        assertThat(status(ended)).isEqualTo("failed");
        assertThat(status(other)).isEqualTo("pending");
        Integer leases = SERVER.jdbi()
                .withHandle(h -> h.select("SELECT count(*) FROM job_leases")
                        .mapTo(Integer.class)
                        .one());
        assertThat(leases).isZero();
        assertThat(SERVER.get("/v1/jobs/" + running).text("/attempt")).isEqualTo("1");
    }

    @Test
    void manyJobsAreCancelledInSeveralRequests() {
        SERVER.jdbi()
                .useHandle(h -> h.execute("INSERT INTO jobs (tool_name, trace_id, parameters, expires_at)"
                        + " SELECT 'echo', 't', '{}', NOW() + INTERVAL '1 h' FROM generate_series(1, 1500)"));

        Answer first = post("/v1/jobs/cancel?tool=echo");
        assertThat(first.json("/cancelled").asInt()).isEqualTo(1_000);
        assertThat(first.json("/more").booleanValue()).isTrue();
        Answer second = post("/v1/jobs/cancel?tool=echo");
        assertThat(second.json("/cancelled").asInt()).isEqualTo(500);
        assertThat(second.json("/more").booleanValue()).isFalse();
    }

    @Test
    void aBulkCancelWaitsForALockedJobAfterTheOthers() throws Exception {
        String held = SERVER.submit();
        String free = SERVER.submit();
        CompletableFuture<Answer> cancel;
        try (Connection other = DATABASE.dataSource().getConnection();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT FROM jobs WHERE id = '" + held + "' FOR UPDATE");
            cancel = CompletableFuture.supplyAsync(() -> post("/v1/jobs/cancel?tool=echo"));
            Await.until(
                    "the free one is cancelled", Await.LONG, () -> status(free).equals("cancelled"));
            assertThat(cancel).isNotDone();
            other.commit();
        }
        assertThat(cancel.get(60, TimeUnit.SECONDS).json("/cancelled").asInt()).isEqualTo(2);
        assertThat(status(held)).isEqualTo("cancelled");
    }

    @Test
    void failedJobsAreRetriedOldestFirstInPages() {
        List<String> jobs = List.of(failed(), failed(), failed());
        String completed = SERVER.submit();
        SERVER.worker().complete(SERVER.worker().claim(completed), "1");

        assertThat(post("/v1/jobs/retry?tool=echo&dry_run=true")
                        .json("/matched")
                        .asInt())
                .isEqualTo(3);
        Answer first = post("/v1/jobs/retry?tool=echo&limit=2");
        assertThat(first.json("/retried").asInt()).isEqualTo(2);
        assertThat(first.json("/results").findValuesAsText("retry_of")).isEqualTo(jobs.subList(0, 2));
        Answer second = post("/v1/jobs/retry?tool=echo&limit=2&cursor=" + first.text("/next_cursor"));
        assertThat(second.json("/results").findValuesAsText("retry_of")).isEqualTo(jobs.subList(2, 3));
        assertThat(second.json("/next_cursor").isNull()).isTrue();

        List<ClaimedJob> again = SERVER.worker().claim();
        assertThat(again)
                .extracting(ClaimedJob::params)
                .containsOnly("{\"n\": 1}")
                .hasSize(3);
        Answer retry = SERVER.get("/v1/jobs/" + first.text("/results/0/job_id"));
        assertThat(retry.text("/retry_of")).isEqualTo(jobs.get(0));
        assertThat(retry.text("/priority")).isEqualTo("3");
    }

    @Test
    void aRepeatedBulkRetryMakesNoMoreJobs() {
        failed();
        failed();

        assertThat(post("/v1/jobs/retry?tool=echo", "Idempotency-Key", "once")
                        .json("/retried")
                        .asInt())
                .isEqualTo(2);
        Answer again = post("/v1/jobs/retry?tool=echo", "Idempotency-Key", "once");
        assertThat(again.json("/retried").asInt()).isZero();
        assertThat(again.json("/replayed").asInt()).isEqualTo(2);
        assertThat(SERVER.worker().claim()).hasSize(2);
    }

    @Test
    void jobsThatAreNoLongerAcceptedAreReportedAndTheOthersRetried() {
        String gone = failed();
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET tool_name = 'gone'"));
        String good = failed();

        Answer answer = post("/v1/jobs/retry?status=failed&all=true");
        assertThat(answer.json("/retried").asInt()).isEqualTo(1);
        assertThat(answer.json("/rejected").asInt()).isEqualTo(1);
        assertThat(answer.json("/results"))
                .anySatisfy(r -> {
                    assertThat(r.path("retry_of").asText()).isEqualTo(gone);
                    assertThat(r.at("/error/error_code").asText()).isEqualTo("UNKNOWN_TOOL");
                })
                .anySatisfy(r -> assertThat(r.path("retry_of").asText()).isEqualTo(good));
    }

    @ParameterizedTest
    @CsvSource({
        "cancel,/all",
        "cancel?status=pending,/all",
        "retry?status=failed,/all",
        "cancel?tool=echo&status=failed,/status",
        "retry?tool=echo&status=running,/status",
        "cancel?tool=echo&dry_run=maybe,/dry_run",
        "cancel?tool=echo&limit=1001,/limit",
        "retry?tool=echo&cursor=x,/cursor"
    })
    void aWrongBulkQueryChangesNothing(String path, String pointer) {
        String pending = SERVER.submit();
        Answer answer = post("/v1/jobs/" + path);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
        assertThat(status(pending)).isEqualTo("pending");
    }
}
