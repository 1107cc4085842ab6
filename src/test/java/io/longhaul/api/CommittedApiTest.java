package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.testing.Await;
import io.longhaul.testing.CutWire;
import io.longhaul.testing.Database;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

/** After a commit the database has no connection left for the work that follows it. */
class CommittedApiTest {
    private static final ExecutorService CALLERS = Executors.newCachedThreadPool();
    private static final String ECHO = "{\"tool\": \"echo\"}";
    private static final String SCHEDULE = "{\"name\": \"hourly\", \"tool\": \"echo\", \"cron\": \"0 * * * *\"}";
    private static final String WEBHOOK = "{\"url\": \"https://receiver.example/hook\"}";

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(
            DATABASE,
            new ApiConfiguration(1 << 20, 1 << 24, Duration.ofDays(1), Duration.ofDays(7), Duration.ofSeconds(1)),
            BuiltIn.tools());

    private final Database beside = new Database(DATABASE.dataSource());

    @AfterEach
    void mend() {
        SERVER.source().useUsual();
        SERVER.unwritable.writeAgain();
        beside.run(
                "TRUNCATE jobs, job_leases, job_batches, schedules, webhooks, webhook_deliveries, files, file_chunks");
    }

    /** There are no connections once this is true. */
    private static void noConnectionOnce(String condition) {
        SERVER.source().use(new Scarce(condition));
    }

    private static final class Scarce extends PGSimpleDataSource {
        private static final long serialVersionUID = 1L;
        private final String condition;

        Scarce(String condition) {
            this.condition = condition;
            setUrl(DATABASE.jdbcUrl());
            setUser(DATABASE.user());
            setPassword(DATABASE.password());
        }

        @Override
        public Connection getConnection() throws SQLException {
            DataSource usual = DATABASE.dataSource();
            if (new Database(usual).column("SELECT 1 WHERE " + condition).size() == 1) {
                throw new SQLException("sorry, too many clients already", "53300");
            }
            return usual.getConnection();
        }
    }

    private static CompletableFuture<Answer> beside(Supplier<Answer> call) {
        return CompletableFuture.supplyAsync(call, CALLERS);
    }

    private void isStored(Answer answer, int status) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(status);
        assertThat(answer.header("Location")).isEqualTo("/v1/jobs/" + answer.text("/job_id"));
        assertThat(beside.column("SELECT id FROM jobs")).contains(answer.text("/job_id"));
    }

    @Test
    void aSubmitThatCannotBeginToWaitIsAnsweredAsItWasStored() {
        noConnectionOnce("EXISTS (SELECT FROM jobs)");

        Answer answer = SERVER.post("/v1/jobs", ECHO, "Prefer", "wait=6");

        isStored(answer, 201);
        assertThat(answer.text("/status")).isEqualTo("pending");
    }

    @Test
    void aSubmitThatCannotBeReadAfterItsWaitIsAnsweredAsItWasStored() throws Exception {
        CompletableFuture<Answer> call = beside(() -> SERVER.post("/v1/jobs", ECHO, "Prefer", "wait=2"));
        Await.until("it waits", Await.LONG, () -> SERVER.waits().waiting() == 1);
        noConnectionOnce("TRUE");

        isStored(call.get(60, TimeUnit.SECONDS), 201);
    }

    @Test
    void aPlainSubmitIsAnswered() {
        noConnectionOnce("EXISTS (SELECT FROM jobs)");

        isStored(SERVER.post("/v1/jobs", ECHO), 201);
        isStored(SERVER.post("/v1/jobs", ECHO, "Prefer", "respond-async"), 202);
    }

    @Test
    void anInvokedToolIsAnswered202IfItsEndCannotBeRead() {
        noConnectionOnce("EXISTS (SELECT FROM jobs)");

        Answer answer = SERVER.post("/v1/mcp/invoke", ECHO);

        isStored(answer, 202);
        assertThat(answer.text("/error_code")).isEqualTo("STILL_RUNNING");
    }

    @Test
    void aBatchIsAnsweredWithAllItsJobs() {
        noConnectionOnce("EXISTS (SELECT FROM jobs)");

        Answer answer = SERVER.post("/v1/jobs/batch", "{\"jobs\": [" + ECHO + ", " + ECHO + "]}");

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.json("/created").intValue()).isEqualTo(2);
    }

    @Test
    void aRetryIsAnswered() {
        String id = SERVER.submit();
        SERVER.delete("/v1/jobs/" + id);
        noConnectionOnce("EXISTS (SELECT FROM jobs WHERE retry_of IS NOT NULL)");

        isStored(SERVER.post("/v1/jobs/" + id + "/retry", ""), 201);
    }

    @Test
    void aCancelIsAnswered() {
        String id = SERVER.submit();
        noConnectionOnce("EXISTS (SELECT FROM jobs WHERE status = 'cancelled')");

        Answer answer = SERVER.delete("/v1/jobs/" + id);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json("/cancelled").booleanValue()).isTrue();
    }

    @Test
    void committedChangesOfSchedulesAreAnswered() {
        noConnectionOnce("EXISTS (SELECT FROM schedules)");
        Answer made = SERVER.post("/v1/schedules", SCHEDULE);
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.text("/name")).isEqualTo("hourly");

        noConnectionOnce("EXISTS (SELECT FROM schedules WHERE name = 'renamed')");
        Answer changed = SERVER.send(SERVER.request("/v1/schedules/" + made.text("/schedule_id"))
                .header("Content-Type", "application/json")
                .method("PATCH", BodyPublishers.ofString("{\"name\": \"renamed\"}")));
        assertThat(changed.status()).as(changed.body()).isEqualTo(200);
        assertThat(changed.text("/name")).isEqualTo("renamed");

        noConnectionOnce("EXISTS (SELECT FROM jobs)");
        isStored(SERVER.post("/v1/schedules/" + made.text("/schedule_id") + "/run", ""), 201);
    }

    @Test
    void theSecretOfACommittedWebhookIsShown() {
        noConnectionOnce("EXISTS (SELECT FROM webhooks)");
        Answer made = SERVER.post("/v1/webhooks", WEBHOOK);
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        assertThat(made.text("/secret"))
                .isEqualTo(beside.column("SELECT secret FROM webhooks").get(0));

        noConnectionOnce("EXISTS (SELECT FROM webhooks WHERE old_secret IS NOT NULL)");
        Answer rotated = SERVER.post("/v1/webhooks/" + made.text("/webhook_id") + "/rotate-secret", "");
        assertThat(rotated.status()).as(rotated.body()).isEqualTo(200);
        assertThat(rotated.text("/secret"))
                .isEqualTo(beside.column("SELECT secret FROM webhooks").get(0))
                .isNotEqualTo(made.text("/secret"));

        noConnectionOnce("EXISTS (SELECT FROM webhook_deliveries)");
        Answer tried = SERVER.post("/v1/webhooks/" + made.text("/webhook_id") + "/test", "");
        assertThat(tried.status()).as(tried.body()).isEqualTo(202);
        assertThat(tried.text("/delivery_id"))
                .isEqualTo(beside.column("SELECT id FROM webhook_deliveries").get(0));
    }

    @Test
    void anUploadedFileIsAnswered() {
        noConnectionOnce("EXISTS (SELECT FROM files WHERE sha256 IS NOT NULL)");

        Answer answer = SERVER.send(SERVER.request("/v1/files?name=a.txt").POST(BodyPublishers.ofString("text")));

        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        assertThat(beside.column("SELECT id FROM files")).containsExactly(answer.text("/file_id"));
    }

    @Test
    void storedLinesAreReportedIfLaterLinesFail() {
        noConnectionOnce("(SELECT count(*) FROM jobs) >= 500");
        Answer answer = SERVER.send(SERVER.request("/v1/jobs/batch")
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString((ECHO + "\n").repeat(1_200))));

        assertThat(answer.status()).isEqualTo(201);
        List<String> lines = answer.body().lines().toList();
        assertThat(lines).hasSize(1_200);
        assertThat(lines.subList(0, 500)).allMatch(line -> line.contains("\"created\""));
        assertThat(lines.subList(500, 1_200)).allMatch(line -> line.contains("DATABASE_UNAVAILABLE"));
        assertThat(beside.number("SELECT count(*) FROM jobs")).isEqualTo(500);
    }

    @Test
    void storedRetriesAreReportedIfOthersFail() {
        beside.run("""
                INSERT INTO jobs (id, tool_name, status, trace_id, parameters, error_code, error_message, started_at,
                                  completed_at, expires_at)
                SELECT gen_random_uuid(), 'echo', 'failed', 't', '{}', 'TOOL_ERROR', 'no', NOW(), NOW(), NOW() + INTERVAL '1 day'
                FROM generate_series(1, 250)
                """);
        noConnectionOnce("EXISTS (SELECT FROM jobs WHERE retry_of IS NOT NULL)");

        Answer answer = SERVER.post("/v1/jobs/retry?all=true&limit=250", "");

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json("/retried").intValue()).isEqualTo(200);
        assertThat(beside.number("SELECT count(*) FROM jobs WHERE retry_of IS NOT NULL"))
                .isEqualTo(200);
        assertThat(answer.json("/next_cursor").isTextual()).isTrue();
    }

    @Test
    void anAnswerAboutStoredJobsHasTheMembersThatCanBeWritten() {
        SERVER.unwritable.failAtTheEnd();

        isStored(SERVER.post("/v1/jobs", ECHO), 201);
        isStored(SERVER.post("/v1/jobs", ECHO, "Prefer", "respond-async"), 202);
        isStored(SERVER.post("/v1/mcp/invoke", ECHO), 202);
        Answer waited = SERVER.post("/v1/jobs", ECHO, "Prefer", "wait=1");
        isStored(waited, 201);
        assertThat(waited.text("/tool")).isEqualTo("echo");
    }

    @Test
    void aResultThatCannotBeWrittenIsAnsweredWithItsAddress() throws Exception {
        SERVER.unwritable.failAtTheEnd();
        CompletableFuture<Answer> call = beside(() -> SERVER.post("/v1/mcp/invoke", ECHO));
        Await.until("it waits", Await.LONG, () -> SERVER.waits().waiting() == 1);
        SERVER.worker().complete(SERVER.worker().claim().get(0), "{\"n\": 1}");

        Answer answer = call.get(60, TimeUnit.SECONDS);

        isStored(answer, 202);
        assertThat(answer.json("/ok").booleanValue()).isFalse();
        assertThat(answer.text("/message")).contains("/v1/jobs/" + answer.text("/job_id"));
    }

    /** Better than null, which would be a statement about the job. */
    @Test
    void aMemberThatCannotBeWrittenIsLeftOut() throws Exception {
        SERVER.unwritable.failAtRetries();

        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        SERVER.request("/v1/jobs")
                                .header("Content-Type", "application/json")
                                .header("Prefer", "wait=1")
                                .POST(BodyPublishers.ofString("{\"tool\": \"echo\", \"retry\": {\"backoff\": \"5s\"}}"))
                                .build(),
                        BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.body())
                .contains("\"job_id\":\"" + beside.column("SELECT id FROM jobs").get(0) + "\"")
                .contains("\"status\":\"pending\"")
                .endsWith("}")
                .doesNotContain("\"retry\"");
    }

    @Test
    void committedChangesAreAnsweredIfTheAnswerCannotBeWritten() {
        String job = SERVER.submit();
        SERVER.unwritable.failAtTheEnd();

        Answer batch = SERVER.post("/v1/jobs/batch", "{\"jobs\": [" + ECHO + ", " + ECHO + "]}");
        assertThat(batch.status()).isEqualTo(201);
        assertThat(batch.json("/results").size()).isEqualTo(2);
        assertThat(SERVER.delete("/v1/jobs/" + job).json("/cancelled").booleanValue())
                .isTrue();
        isStored(SERVER.post("/v1/jobs/" + job + "/retry", ""), 201);
        Answer schedule = SERVER.post("/v1/schedules", SCHEDULE);
        assertThat(schedule.status()).isEqualTo(201);
        isStored(SERVER.post("/v1/schedules/" + schedule.text("/schedule_id") + "/run", ""), 201);
        Answer webhook = SERVER.post("/v1/webhooks", WEBHOOK);
        assertThat(webhook.status()).isEqualTo(201);
        assertThat(beside.column("SELECT secret FROM webhooks")).containsExactly(webhook.text("/secret"));
        Answer file = SERVER.send(SERVER.request("/v1/files?name=a.txt").POST(BodyPublishers.ofString("text")));
        assertThat(beside.column("SELECT id FROM files")).containsExactly(file.text("/file_id"));
    }

    /** A read may fail, because nothing has changed. */
    @Test
    void aReadWhoseAnswerCannotBeWrittenIsAnError() {
        String job = SERVER.submit();
        SERVER.unwritable.failAtTheEnd();

        assertThat(SERVER.get("/v1/jobs/" + job).status()).isEqualTo(500);
    }

    /** Without a key the client cannot find the result itself, so the answer names the address. */
    @Test
    void aCommitWithoutConfirmationIsAnUnknownOutcomeThatNamesTheJob() {
        Answer schedule = inDoubt("INSERT INTO schedules", () -> SERVER.post("/v1/schedules", SCHEDULE));
        assertThat(schedule.text("/message")).contains("GET /v1/schedules lists it");
        assertThat(SERVER.get("/v1/schedules").json("/schedules").size()).isEqualTo(1);

        Answer webhook = inDoubt("INSERT INTO webhooks", () -> SERVER.post("/v1/webhooks", WEBHOOK));
        assertThat(webhook.text("/message")).contains("GET /v1/webhooks lists it", "rotate-secret");
        String id = SERVER.get("/v1/webhooks").text("/webhooks/0/webhook_id");
        assertThat(SERVER.post("/v1/webhooks/" + id + "/rotate-secret", "").text("/secret"))
                .isEqualTo(beside.column("SELECT secret FROM webhooks").get(0));

        Answer removed = inDoubt("DELETE FROM webhooks", () -> SERVER.delete("/v1/webhooks/" + id));
        assertThat(removed.text("/message")).contains("GET /v1/webhooks/" + id + " is 404");
        assertThat(SERVER.get("/v1/webhooks/" + id).status()).isEqualTo(404);
    }

    private static Answer inDoubt(String statement, Supplier<Answer> call) {
        try (CutWire wire = CutWire.to(DATABASE)) {
            SERVER.source().use(wire.dataSource(DATABASE));
            wire.cutAfterCommitOf(statement);
            Answer answer = call.get();
            assertThat(wire.cuts()).isEqualTo(1);
            assertThat(answer.status()).as(answer.body()).isEqualTo(503);
            assertThat(answer.text("/error_code")).isEqualTo("OUTCOME_UNKNOWN");
            return answer;
        } finally {
            SERVER.source().useUsual();
        }
    }

    @Test
    void failuresBeforeTheCommitMeanNotStored() {
        noConnectionOnce("TRUE");

        Answer answer = SERVER.post("/v1/schedules", SCHEDULE);

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.text("/error_code")).isEqualTo("DATABASE_UNAVAILABLE");
        assertThat(answer.text("/message")).contains("SQLSTATE 53300").contains("Nothing was stored");
    }
}
