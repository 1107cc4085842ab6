package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @AfterEach
    void removeJobs() {
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs, job_leases"));
    }

    @Test
    void jobsAreListedNewestFirst() {
        String first = SERVER.submit();
        String second = SERVER.submit();

        Answer answer = SERVER.get("/v1/jobs");
        assertThat(answer.status()).isEqualTo(200);
        assertThat(ids(answer)).containsExactly(second, first);
        assertThat(answer.json("/total").asLong()).isEqualTo(2);
        assertThat(answer.json("/limit").asInt()).isEqualTo(50);
        assertThat(answer.json("/offset").asInt()).isZero();
        assertThat(answer.json("/total_is_estimate").booleanValue()).isFalse();
        assertThat(answer.json("/next_cursor").isNull()).isTrue();
        assertThat(answer.header("Link")).isNull();
        assertThat(answer.json("/jobs/0"))
                .isEqualTo(SERVER.get("/v1/jobs/" + second).asSubmitted());
    }

    @Test
    void aPageIsPartOfTheTotal() {
        insert(7, "NOW()");

        Answer page = SERVER.get("/v1/jobs?limit=3&offset=5");
        assertThat(page.json("/jobs")).hasSize(2);
        assertThat(page.json("/total").asLong()).isEqualTo(7);
        assertThat(page.json("/limit").asInt()).isEqualTo(3);
        assertThat(page.json("/offset").asInt()).isEqualTo(5);
        Answer beyond = SERVER.get("/v1/jobs?offset=999999999999999999");
        assertThat(beyond.json("/jobs")).isEmpty();
        assertThat(beyond.json("/total").asLong()).isEqualTo(7);
    }

    @Test
    void pagesByOffsetNeitherRepeatNorLoseJobsOfTheSameTime() {
        insert(25, "TIMESTAMPTZ '2026-01-01 00:00:00Z'");

        List<String> seen = new ArrayList<>();
        for (int offset = 0; offset < 25; offset += 4) {
            seen.addAll(ids(SERVER.get("/v1/jobs?limit=4&offset=" + offset)));
        }
        assertThat(seen).hasSize(25).doesNotHaveDuplicates();
    }

    @Test
    void pagesByCursorStayWhileJobsAreAdded() {
        insert(25, "TIMESTAMPTZ '2026-01-01 00:00:00Z'");
        List<String> expected = ids(SERVER.get("/v1/jobs?limit=100"));

        List<String> seen = new ArrayList<>();
        String path = "/v1/jobs?limit=4";
        while (path != null) {
            Answer page = SERVER.get(path);
            seen.addAll(ids(page));
            SERVER.submit();
            String link = page.header("Link");
            assertThat(link == null).isEqualTo(page.json("/next_cursor").isNull());
            path = link == null ? null : link.replaceAll("<(.*)>; rel=\"next\"", "$1");
        }
        assertThat(seen).isEqualTo(expected);
    }

    @Test
    void theLinkKeepsTheFilterAndIsRelative() {
        insert(3, "NOW()");

        Answer page = SERVER.get("/v1/jobs?limit=1&tool=echo&offset=0&created_after=2020-01-01T00:00:00%2B01:00");
        assertThat(page.header("Link"))
                .startsWith("</v1/jobs?")
                .contains("limit=1", "tool=echo", "created_after=2020-01-01T00%3A00%3A00%2B01%3A00", "cursor=")
                .doesNotContain("offset");
        assertThat(ids(SERVER.get(page.header("Link").replaceAll("<(.*)>.*", "$1"))))
                .hasSize(1);
    }

    @Test
    void aChangedOrForeignCursorIsRefused() {
        insert(3, "NOW()");
        String cursor = SERVER.get("/v1/jobs?limit=1").text("/next_cursor");
        String changed = (cursor.charAt(5) == 'A' ? "B" : "A");

        for (String query : List.of(
                "cursor=" + cursor.substring(0, 5) + changed + cursor.substring(6),
                "cursor=" + cursor + "AAAA",
                "cursor=x",
                "cursor=%F0%9F%A7%AC",
                "tool=echo&cursor=" + cursor,
                "offset=1&cursor=" + cursor)) {
            Answer answer = SERVER.get("/v1/jobs?limit=1&" + query);
            assertThat(answer.status()).as(query).isEqualTo(422);
        }
        assertThat(SERVER.get("/v1/jobs?limit=2&cursor=" + cursor).json("/jobs"))
                .hasSize(2);
    }

    @Test
    void jobsAreFiltered() {
        String echo = SERVER.submit();
        String ping = SERVER.post("/v1/jobs", "{\"tool\": \"ping\"}").text("/job_id");
        SERVER.worker().complete(SERVER.worker().claim(echo), "1");
        insert(1, "TIMESTAMPTZ '2020-05-05 12:00:00Z'");

        assertThat(ids(SERVER.get("/v1/jobs?tool=ping"))).containsExactly(ping);
        assertThat(ids(SERVER.get("/v1/jobs?status=completed"))).containsExactly(echo);
        assertThat(SERVER.get("/v1/jobs?status=failed").json("/total").asLong()).isZero();
        assertThat(SERVER.get("/v1/jobs?tool=no.such").json("/jobs")).isEmpty();
        assertThat(SERVER.get("/v1/jobs?created_before=2021-01-01T00:00:00Z").json("/jobs"))
                .hasSize(1);
        assertThat(SERVER.get("/v1/jobs?created_after=2020-05-05T14:00:00+02:00&created_before=2020-05-05T12:00:01Z")
                        .json("/jobs"))
                .hasSize(1);
        String trace = SERVER.get("/v1/jobs/" + ping).text("/trace_id");
        assertThat(ids(SERVER.get("/v1/jobs?trace_id=" + trace))).containsExactly(ping);
    }

    @Test
    void jobsOfSeveralStatusesAreListedTogether() {
        String ended = SERVER.submit();
        SERVER.worker().complete(SERVER.worker().claim(ended), "1");
        String running = SERVER.submit();
        SERVER.worker().claim(running);
        String pending = SERVER.submit();

        assertThat(ids(SERVER.get("/v1/jobs?status=pending,completed"))).containsExactly(pending, ended);
        assertThat(ids(SERVER.get("/v1/jobs?status=pending&status=running"))).containsExactly(pending, running);
    }

    @Test
    void failedJobsAreFoundByTheTextOfTheirError() {
        String wanted = SERVER.submit();
        SERVER.worker().fail(SERVER.worker().claim(wanted), "TOOL_ERROR", "No such Genome: 100%_x", null);
        String other = SERVER.submit();
        SERVER.worker().fail(SERVER.worker().claim(other), "TOOL_ERROR", "disk full", null);

        assertThat(ids(SERVER.get("/v1/jobs?error=genome"))).containsExactly(wanted);
        assertThat(ids(SERVER.get("/v1/jobs?error=100%25_X"))).containsExactly(wanted);
        assertThat(ids(SERVER.get("/v1/jobs?error=%25"))).containsExactly(wanted);
        assertThat(ids(SERVER.get("/v1/jobs?error=genome&status=completed"))).isEmpty();
    }

    @Test
    void jobsAreSortedByTheTimeOfTheirEndAndPagedThrough() {
        List<String> ended = new ArrayList<>();
        List<String> submitted = List.of(SERVER.submit(), SERVER.submit(), SERVER.submit(), SERVER.submit());
        List<io.longhaul.jobs.ClaimedJob> claimed = SERVER.worker().claim();
        for (int i : new int[] {2, 0, 3, 1}) {
            SERVER.worker().complete(claimed.get(i), "1");
            ended.add(submitted.get(i));
        }
        SERVER.submit();

        assertThat(walk("/v1/jobs?sort=completed_at&limit=1")).isEqualTo(ended);
        List<String> back = new ArrayList<>(ended);
        java.util.Collections.reverse(back);
        assertThat(walk("/v1/jobs?sort=-completed_at&limit=2")).isEqualTo(back);
        assertThat(walk("/v1/jobs?sort=created_at&limit=3&status=completed")).isEqualTo(submitted);
        String end =
                SERVER.get("/v1/jobs/" + ended.get(2)).text("/completed_at").replace("+", "%2B");
        assertThat(ids(SERVER.get("/v1/jobs?sort=completed_at&completed_after=" + end)))
                .isEqualTo(ended.subList(2, 4));
        assertThat(ids(SERVER.get("/v1/jobs?sort=completed_at&completed_before=" + end)))
                .isEqualTo(ended.subList(0, 2));
    }

    private static List<String> walk(String path) {
        List<String> seen = new ArrayList<>();
        String next = path;
        while (next != null) {
            Answer page = SERVER.get(next);
            seen.addAll(ids(page));
            next = page.header("Link") == null ? null : page.header("Link").replaceAll("<(.*)>; rel=\"next\"", "$1");
        }
        return seen;
    }

    @Test
    void onlyTheRequestedFieldsAreShown() {
        String id = SERVER.post("/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"n\": 1.10}}")
                .text("/job_id");

        assertThat(SERVER.get("/v1/jobs?fields=status,job_id").json("/jobs/0"))
                .hasToString("{\"job_id\":\"" + id + "\",\"status\":\"pending\"}");
        assertThat(SERVER.get("/v1/jobs?fields=params,omitted").json("/jobs/0"))
                .hasToString("{\"params\":{\"n\":1.10}}");
    }

    @ParameterizedTest
    @CsvSource({
        "status=nonsense,/status",
        "status=PENDING,/status",
        "limit=0,/limit",
        "limit=101,/limit",
        "limit=x,/limit",
        "limit=1.5,/limit",
        "limit=99999999999999999999,/limit",
        "offset=-1,/offset",
        "offset=x,/offset",
        "created_after=yesterday,/created_after",
        "created_after=%2B999999999-01-01T00:00:00Z,/created_after",
        "created_before=2026-01-01,/created_before",
        "tool=%00,/tool",
        "trace_id=a%00b,/trace_id",
        "'status=pending,nonsense',/status",
        "sort=priority,/sort",
        "completed_after=yesterday,/completed_after",
        "'fields=job_id,secret',/fields",
        "error=%00,/error"
    })
    void aWrongParameterIsReported(String query, String pointer) {
        Answer answer = SERVER.get("/v1/jobs?" + query);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/error_code")).isEqualTo("INVALID_REQUEST");
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
    }

    @Test
    void largeValuesAreLeftOutOfListsAndMarked() {
        String large = SERVER.post(
                        "/v1/jobs", "{\"tool\": \"echo\", \"params\": {\"x\": \"" + "x".repeat(70_000) + "\"}}")
                .text("/job_id");
        SERVER.worker().complete(SERVER.worker().claim(large), "\"" + "y".repeat(100_000) + "\"");
        String nothing = SERVER.submit();
        SERVER.worker().complete(SERVER.worker().claim(nothing), "null");

        JsonNode jobs = SERVER.get("/v1/jobs").json("/jobs");
        assertThat(jobs.at("/1/omitted")).hasToString("[\"params\",\"result\"]");
        assertThat(jobs.at("/1/result").isNull()).isTrue();
        assertThat(jobs.at("/0").has("omitted")).isFalse();
        Answer whole = SERVER.get("/v1/jobs/" + large);
        assertThat(whole.text("/result")).hasSize(100_000);
        assertThat(whole.json().has("omitted")).isFalse();
    }

    @Test
    void manyJobsAreEstimatedAndNotCounted() {
        insert(10_000, "NOW()");
        SERVER.jdbi().useHandle(h -> h.execute("ANALYZE jobs"));
        Answer exact = SERVER.get("/v1/jobs?limit=1");
        assertThat(exact.json("/total").asLong()).isEqualTo(10_000);
        assertThat(exact.json("/total_is_estimate").booleanValue()).isFalse();

        insert(5_000, "NOW()");
        SERVER.jdbi().useHandle(h -> h.execute("ANALYZE jobs"));
        Answer estimate = SERVER.get("/v1/jobs?limit=1");
        assertThat(estimate.json("/total_is_estimate").booleanValue()).isTrue();
        assertThat(estimate.json("/total").asLong()).isBetween(10_001L, 20_000L);
        assertThat(SERVER.get("/v1/jobs?limit=1&tool=echo&status=pending")
                        .json("/total_is_estimate")
                        .booleanValue())
                .isTrue();
        assertThat(SERVER.get("/v1/jobs?limit=1&status=running").json("/total").asLong())
                .isZero();
    }

    @Test
    void aListThatTakesTooLongIsCancelled() throws Exception {
        try (java.sql.Connection other = DATABASE.dataSource().getConnection();
                java.sql.Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("LOCK TABLE jobs IN ACCESS EXCLUSIVE MODE");
            Answer answer = SERVER.get("/v1/jobs");
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text("/error_code")).isEqualTo("QUERY_TOO_SLOW");
            assertThat(answer.header("Retry-After")).isEqualTo("5");
        }
        assertThat(SERVER.get("/v1/jobs").status()).isEqualTo(200);
    }

    private static void insert(int jobs, String createdAt) {
        SERVER.jdbi().useHandle(h -> h.execute("""
                INSERT INTO jobs (tool_name, trace_id, parameters, created_at, expires_at)
                SELECT 'echo', 'trace', '{}', %s, NOW() + INTERVAL '1 day'
                FROM generate_series(1, ?)
                """.formatted(createdAt), jobs));
    }

    private static List<String> ids(Answer answer) {
        List<String> ids = answer.json("/jobs").findValuesAsText("job_id");
        ids.forEach(UUID::fromString);
        return ids;
    }
}
