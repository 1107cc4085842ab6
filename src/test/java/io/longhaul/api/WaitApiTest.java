package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.testing.Await;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.net.http.HttpRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class WaitApiTest {
    private static final String ECHO = "{\"tool\": \"echo\"}";
    /** Not shut down, because failed tests run again in the same class. */
    private static final ExecutorService CALLERS = Executors.newCachedThreadPool();

    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @AfterEach
    void removeJobs() {
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs, job_leases, job_progress"));
    }

    private static CompletableFuture<Answer> beside(java.util.function.Supplier<Answer> call) {
        return CompletableFuture.supplyAsync(call, CALLERS);
    }

    private static Answer get(String id, String... headers) {
        HttpRequest.Builder request = SERVER.request("/v1/jobs/" + id);
        return SERVER.send((headers.length == 0 ? request : request.headers(headers)).GET());
    }

    private static Answer soon(CompletableFuture<Answer> answer) throws Exception {
        return answer.get(60, TimeUnit.SECONDS);
    }

    private static ClaimedJob claimNext() {
        List<ClaimedJob> claimed = new ArrayList<>();
        Await.until("a job was submitted", Await.LONG, () -> {
            claimed.addAll(SERVER.worker().claim());
            return !claimed.isEmpty();
        });
        return claimed.get(0);
    }

    @Test
    void aSubmitThatWaitsAnswersWithTheResult() throws Exception {
        CompletableFuture<Answer> call = beside(() -> SERVER.post("/v1/jobs", ECHO, "Prefer", "wait=60"));
        SERVER.worker().complete(claimNext(), "[7]");

        Answer answer = soon(call);
        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("/status")).isEqualTo("completed");
        assertThat(answer.json("/result")).hasToString("[7]");
        assertThat(answer.header("Preference-Applied")).isEqualTo("wait=60");
        assertThat(answer.header("Location")).isEqualTo("/v1/jobs/" + answer.text("/job_id"));
        assertThat(answer.header("Retry-After")).isNull();
    }

    @Test
    void aSubmitWithoutPreferenceIsAnsweredAtOnce() {
        Answer answer = SERVER.post("/v1/jobs", ECHO);

        assertThat(answer.status()).isEqualTo(201);
        assertThat(answer.text("/status")).isEqualTo("pending");
        assertThat(answer.header("Preference-Applied")).isNull();
        assertThat(answer.header("Retry-After")).isEqualTo("1");
    }

    @Test
    void respondAsyncIsAnsweredWith202UnlessTheJobEndsInTime() throws Exception {
        Answer accepted = SERVER.post("/v1/jobs", ECHO, "Prefer", "respond-async");
        assertThat(accepted.status()).isEqualTo(202);
        assertThat(accepted.header("Preference-Applied")).isEqualTo("respond-async");
        assertThat(accepted.header("Location")).isEqualTo("/v1/jobs/" + accepted.text("/job_id"));
        assertThat(accepted.header("Vary")).isEqualTo("Prefer");
        claimNext();

        CompletableFuture<Answer> call =
                beside(() -> SERVER.post("/v1/jobs", ECHO, "Prefer", "respond-async, wait=60"));
        SERVER.worker().complete(claimNext(), "1");
        assertThat(soon(call).status()).isEqualTo(201);
        assertThat(soon(call).text("/status")).isEqualTo("completed");
        assertThat(soon(call).header("Preference-Applied")).isEqualTo("wait=60");
    }

    @Test
    void aWaitThatIsTooShortIsAnsweredWithTheRunningJob() {
        Answer submitted = SERVER.post("/v1/jobs", ECHO, "Prefer", "wait=1");
        assertThat(submitted.status()).isEqualTo(201);
        assertThat(submitted.text("/status")).isEqualTo("pending");
        Answer async = SERVER.post("/v1/jobs", ECHO, "Prefer", "respond-async", "Prefer", "wait=1");
        assertThat(async.status()).isEqualTo(202);
        assertThat(async.header("Preference-Applied")).isEqualTo("respond-async, wait=1");
    }

    @Test
    void aWaitingStatusRequestIsAnsweredWhenTheJobEnds() throws Exception {
        String id = SERVER.submit();
        ClaimedJob claimed = SERVER.worker().claim(id);
        CompletableFuture<Answer> call = beside(() -> get(id, "Prefer", "wait=60"));
        CompletableFuture<Answer> other = beside(() -> get(id, "Prefer", "wait=1"));
        assertThat(soon(other).text("/status")).isEqualTo("running");
        assertThat(call).isNotDone();

        SERVER.worker().complete(claimed, "1");
        assertThat(soon(call).text("/status")).isEqualTo("completed");
        assertThat(get(id, "Prefer", "wait=60").text("/status")).isEqualTo("completed");
        assertThat(get("no-job", "Prefer", "wait=60").status()).isEqualTo(404);
    }

    @Test
    void anUnchangedJobIsNotSentAgain() {
        String id = SERVER.submit();
        String tag = get(id).header("ETag");
        assertThat(tag).startsWith("W/\"");

        Answer same = get(id, "If-None-Match", "\"other\", " + tag);
        assertThat(same.status()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(same.header("ETag")).isEqualTo(tag);
        assertThat(same.header("Retry-After")).isEqualTo("1");

        ClaimedJob claimed = SERVER.worker().claim(id);
        Answer running = get(id, "If-None-Match", tag);
        assertThat(running.status()).isEqualTo(200);
        assertThat(running.text("/status")).isEqualTo("running");
        SERVER.worker().showRunning(claimed);
        assertThat(get(id, "If-None-Match", running.header("ETag")).status()).isEqualTo(304);

        SERVER.worker().complete(claimed, "1");
        Answer ended = get(id, "If-None-Match", running.header("ETag"));
        assertThat(ended.text("/status")).isEqualTo("completed");
        assertThat(get(id, "If-None-Match", ended.header("ETag")).status()).isEqualTo(304);
    }

    @Test
    void theTagOfACompressedAnswerIsRecognized() {
        String id = SERVER.submit();
        String tag = get(id, "Accept-Encoding", "gzip").header("ETag");

        assertThat(get(id, "If-None-Match", tag).status()).isEqualTo(304);
        assertThat(get(id, "Accept-Encoding", "gzip", "If-None-Match", tag).status())
                .isEqualTo(304);
    }

    @Test
    void aClientThatKnowsAJobWaitsForAnyChange() throws Exception {
        String id = SERVER.submit();
        String pending = get(id).header("ETag");
        CompletableFuture<Answer> begun = beside(() -> get(id, "If-None-Match", pending, "Prefer", "wait=60"));
        ClaimedJob claimed = SERVER.worker().claim(id);
        assertThat(soon(begun).text("/status")).isEqualTo("running");

        String running = soon(begun).header("ETag");
        CompletableFuture<Answer> progress = beside(() -> get(id, "If-None-Match", running, "Prefer", "wait=60"));
        SERVER.worker().progress(claimed, 0.5, "half");
        assertThat(soon(progress).text("/progress/message")).isEqualTo("half");

        assertThat(get(id, "If-None-Match", pending, "Prefer", "wait=60").text("/status"))
                .isEqualTo("running");
        String half = soon(progress).header("ETag");
        Answer unchanged = get(id, "If-None-Match", half, "Prefer", "wait=1");
        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.header("Preference-Applied")).isEqualTo("wait=1");
    }

    @Test
    void retryAfterGrowsWithTheAgeOfTheJob() {
        String id = SERVER.submit();
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET created_at = NOW() - INTERVAL '100 s'"));
        assertThat(get(id).header("Retry-After")).isEqualTo("10");
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET created_at = NOW() - INTERVAL '1 day'"));
        assertThat(get(id).header("Retry-After")).isEqualTo("30");
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET delayed = true, run_at = NOW() + INTERVAL '20 s'"));
        assertThat(Integer.parseInt(get(id).header("Retry-After"))).isBetween(15, 21);
    }

    @Test
    void aJobRemovedDuringAWaitIsNotFound() throws Exception {
        String id = SERVER.submit();
        CompletableFuture<Answer> call = beside(() -> get(id, "Prefer", "wait=60"));
        Await.until("the call waits", Await.LONG, () -> SERVER.waits().waiting() == 1);
        SERVER.jdbi().useHandle(h -> h.execute("DELETE FROM jobs"));
        SERVER.worker().lookForEnds();

        assertThat(soon(call).status()).isEqualTo(404);
    }
}
