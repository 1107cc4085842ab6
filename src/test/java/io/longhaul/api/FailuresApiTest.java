package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.api.jobs.FailureGroups;
import io.longhaul.api.jobs.FailureSearch;
import io.longhaul.auth.Principal;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.FailureQueries;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Failed jobs are grouped by what went wrong. */
class FailuresApiTest {
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

    private static String failed(String tool, String code, String message) {
        String id = SERVER.post("/v1/jobs", "{\"tool\": \"" + tool + "\"}").text("/job_id");
        SERVER.worker().fail(SERVER.worker().claim(id), code, message, null);
        return id;
    }

    private static String failure(String id) {
        return SERVER.get("/v1/jobs/" + id).text("/failure");
    }

    /** Fails jobs that wait, with these messages one after the other. */
    private static void failAll(int jobs, List<String> messages) {
        SERVER.jdbi().useHandle(h -> h.execute("""
                INSERT INTO jobs (tool_name, trace_id, parameters, ttl_seconds, expires_at)
                SELECT 'echo', 'trace', '{}', 86400, NOW() + INTERVAL '1 day' FROM generate_series(1, ?)""", jobs));
        List<ClaimedJob> claimed = SERVER.worker().claim();
        assertThat(claimed).hasSize(jobs);
        SERVER.jdbi()
                .useExtension(
                        JobTransitions.class,
                        t -> t.failOrRetry(
                                claimed.stream().map(j -> j.lease().jobId()).toArray(UUID[]::new),
                                claimed.stream().map(j -> j.lease().attempt()).toArray(Integer[]::new),
                                claimed.stream().map(j -> j.lease().nodeId()).toArray(Long[]::new),
                                claimed.stream().map(j -> "TOOL_ERROR").toArray(String[]::new),
                                messages.toArray(String[]::new),
                                new Long[jobs]));
    }

    @Test
    void aThousandFailuresOfSevenKindsAreSevenGroups() {
        List<String> kinds = List.of(
                "exit code %d",
                "cannot open /data/run%d/in.fa",
                "record 'r%d' is too long",
                "job 0190f3a2-7b1c-7cc0-8e11-00000000%04d is gone",
                "took %d.5 s, at most 3 s are allowed",
                "line %d: expected '>'",
                "connection to 10.0.0.%d:5432 refused");
        failAll(
                1_000,
                IntStream.range(0, 1_000)
                        .mapToObj(n -> kinds.get(n % 7).formatted(n))
                        .toList());
        Answer answer = SERVER.get("/v1/failures");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json("/groups")).hasSize(7);
        assertThat(answer.json("/more").booleanValue()).isFalse();
        assertThat(answer.json("/complete").booleanValue()).isTrue();
        Map<String, Integer> counts = StreamSupport.stream(
                        answer.json("/groups").spliterator(), false)
                .collect(Collectors.toMap(
                        group -> group.path("message").asText().replaceAll("\\W.*", ""),
                        group -> group.path("count").asInt()));
        assertThat(counts)
                .isEqualTo(Map.of(
                        "exit",
                        143,
                        "cannot",
                        143,
                        "record",
                        143,
                        "job",
                        143,
                        "took",
                        143,
                        "line",
                        143,
                        "connection",
                        142));
        Answer few = SERVER.get("/v1/failures?limit=3");
        assertThat(few.json("/groups")).hasSize(3);
        assertThat(few.json("/more").booleanValue()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "exit code 1 | exit code 137",
                "no file \"a b.txt\" | no file \"c.txt\"",
                "can't open 'a', don't ask | can't open 'b c', don't ask",
                "see https://host/a?b=1 for more | see https://host/c for more",
                "ids 1, 2, 3 and 4 are wrong | ids 5, 6 and 7 are wrong",
                "at 2026-11-29T15:00:00.123Z | at 2027-01-01T00:00:00+01:00",
                "read -1.5e-3 of `x` | read 2 of `yyy zzz`"
            })
    void messagesThatDifferInWhatChangesAreAlike(String one, String other) {
        String id = failed("echo", "TOOL_ERROR", one);
        assertThat(failure(failed("ping", "TOOL_ERROR", other)))
                .matches("[0-9a-f]{16}")
                .isEqualTo(failure(id));
    }

    @Test
    void otherWordsAndOtherCodesAreOtherFailures() {
        String id = failed("echo", "TOOL_ERROR", "can't open it");
        assertThat(failure(failed("echo", "TOOL_ERROR", "can't close it"))).isNotEqualTo(failure(id));
        assertThat(failure(failed("echo", "TIMEOUT", "can't open it"))).isNotEqualTo(failure(id));
    }

    @Test
    void aGroupTellsWhenWhereAndHowOften() {
        String first = failed("echo", "TOOL_ERROR", "exit code 1");
        String last = failed("ping", "TOOL_ERROR", "exit code 2");
        failed("echo", "TIMEOUT", "too slow");
        String since = Instant.now().minusSeconds(240).toString();
        SERVER.jdbi()
                .useHandle(h -> h.execute(
                        "UPDATE jobs SET completed_at = ?::timestamptz + INTERVAL '25 s' WHERE id = ?::uuid",
                        since,
                        first));
        JsonNode group = SERVER.get("/v1/failures?since=" + since).json("/groups/1");
        assertThat(group.path("failure").asText()).isEqualTo(failure(first));
        assertThat(group.path("error_code").asText()).isEqualTo("TOOL_ERROR");
        assertThat(group.path("message").asText()).isEqualTo("exit code 2");
        assertThat(group.path("job_id").asText()).isEqualTo(last);
        assertThat(group.path("count").asInt()).isEqualTo(2);
        assertThat(group.path("first_seen").asText())
                .isEqualTo(SERVER.get("/v1/jobs/" + first).text("/completed_at"));
        assertThat(group.path("last_seen").asText())
                .isEqualTo(SERVER.get("/v1/jobs/" + last).text("/completed_at"));
        assertThat(group.path("tools")).hasToString("[\"echo\",\"ping\"]");
        assertThat(group.path("nodes")).hasToString("[\"step\"]");
        List<Integer> series = new ArrayList<>();
        group.path("series").forEach(count -> series.add(count.asInt()));
        assertThat(series).hasSize(24).endsWith(1);
        assertThat(series.get(2)).isEqualTo(1);
        assertThat(series.stream().mapToInt(Integer::intValue).sum()).isEqualTo(2);

        assertThat(SERVER.get("/v1/failures?tool=ping").json("/groups/0/count").asInt())
                .isEqualTo(1);
        assertThat(SERVER.get("/v1/failures?since=2020-01-01T00:00:00Z&until=2020-01-02T00:00:00Z")
                        .json("/groups"))
                .isEmpty();
    }

    @Test
    void aTextFindsTheGroupsAndCountsOnlyTheJobsThatHaveIt() {
        String one = failed("echo", "TOOL_ERROR", "cannot open /data/run-17/in.fa");
        failed("echo", "TOOL_ERROR", "cannot open /data/run-18/in.fa");
        failed("echo", "TOOL_ERROR", "out of memory");
        Answer found = SERVER.get("/v1/failures?error=RUN-17");
        assertThat(found.json("/groups")).hasSize(1);
        assertThat(found.json("/groups/0/count").asInt()).isEqualTo(1);
        assertThat(found.text("/groups/0/job_id")).isEqualTo(one);
        assertThat(found.text("/groups/0/message")).isEqualTo("cannot open /data/run-17/in.fa");
        assertThat(SERVER.get("/v1/failures?error=open").json("/groups/0/count").asInt())
                .isEqualTo(2);
        Answer none = SERVER.get("/v1/failures?error=%25");
        assertThat(none.json("/groups")).isEmpty();
        assertThat(none.json("/complete").booleanValue()).isTrue();
    }

    @Test
    void aSearchThatEndsAtItsBoundSaysSo() {
        failed("echo", "TOOL_ERROR", "cannot open it");
        failed("echo", "TOOL_ERROR", "out of memory");
        FailureSearch search = FailureSearch.ofLast(Duration.ofHours(1), null, "cannot");
        FailureGroups newest = SERVER.jdbi()
                .withExtension(
                        FailureQueries.class,
                        queries -> search.in(
                                queries,
                                new Caller(Principal.ANYBODY, true, null),
                                new FailureSearch.Bound(1, Duration.ZERO)));
        assertThat(newest.groups()).isEmpty();
        assertThat(newest.complete()).isFalse();
        assertThat(newest.counted()).isEqualTo(1);
        FailureGroups more = SERVER.jdbi()
                .withExtension(
                        FailureQueries.class,
                        queries -> search.in(
                                queries,
                                new Caller(Principal.ANYBODY, true, null),
                                new FailureSearch.Bound(3, Duration.ZERO)));
        assertThat(more.groups()).hasSize(1);
        assertThat(more.complete()).isTrue();
    }

    @Test
    void theJobsOfAGroupAreListedAndRetried() {
        String one = failed("echo", "TOOL_ERROR", "exit code 1");
        String two = failed("echo", "TOOL_ERROR", "exit code 2");
        failed("echo", "TOOL_ERROR", "too slow");
        Answer list = SERVER.get("/v1/jobs?failure=" + failure(one));
        assertThat(list.json("/jobs"))
                .extracting(job -> job.path("job_id").asText())
                .containsExactly(two, one);
        assertThat(list.json("/total").asInt()).isEqualTo(2);
        Answer retried = SERVER.post("/v1/jobs/retry?failure=" + failure(one), "");
        assertThat(retried.json("/retried").asInt()).isEqualTo(2);
        Answer wrong = SERVER.get("/v1/jobs?failure=exit");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text("/errors/0/pointer")).isEqualTo("/failure");
    }

    @Test
    void onlyJobsThatFailedHaveAFailure() {
        String id = SERVER.submit();
        SERVER.worker().fail(SERVER.worker().claim(id), "TOOL_ERROR", "once", 3_600_000L);
        assertThat(SERVER.get("/v1/jobs/" + id).json("/failure").isMissingNode())
                .isTrue();
        SERVER.jdbi()
                .useHandle(
                        h -> h.execute(
                                "UPDATE jobs SET expires_at = NOW() - INTERVAL '1 minute', attempt = 0, start_within_seconds = 60"));
        SERVER.jdbi().useExtension(JobTransitions.class, t -> t.expirePending(10, null));
        assertThat(failure(id)).matches("[0-9a-f]{16}");
    }

    @Test
    void aSpanMustBeginBeforeItsEndAndLastAtMostThirtyDays() {
        Answer inverted = SERVER.get("/v1/failures?since=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z");
        assertThat(inverted.status()).isEqualTo(422);
        assertThat(inverted.text("/message")).isEqualTo("since must be before until.");
        Answer longer = SERVER.get("/v1/failures?since=2020-01-01T00:00:00Z");
        assertThat(longer.text("/message")).isEqualTo("since must be at most 30 days before until.");
    }
}
