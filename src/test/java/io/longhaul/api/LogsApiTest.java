package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.api.jobs.LogFilter;
import io.longhaul.api.jobs.LogReader;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import io.longhaul.jobs.sql.LogQueries;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Logs are read from both ends and searched, in parts whose cost does not grow with the log. */
class LogsApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    private UUID job;

    /** Twenty lines of two attempts, with lines of another job between them. */
    @BeforeEach
    void write() {
        job = UUID.fromString(SERVER.submit());
        SERVER.jdbi().useHandle(handle -> handle.execute("""
                INSERT INTO job_logs (job_id, attempt, logged_at, line)
                SELECT CASE o WHEN 1 THEN ?::uuid ELSE '00000000-0000-0000-0000-000000000001' END, 1 + n / 11, NOW(),
                       'step ' || n || CASE n % 7 WHEN 0 THEN ': an ERROR, 100% wrong' ELSE ' is done' END
                FROM generate_series(1, 20) n, generate_series(1, 2) o
                ORDER BY n, o""", job));
    }

    @AfterEach
    void remove() {
        SERVER.jdbi().useHandle(handle -> handle.execute("TRUNCATE jobs, job_leases, job_logs RESTART IDENTITY"));
    }

    private Answer logs(String query) {
        return SERVER.get("/v1/jobs/" + job + "/logs?" + query);
    }

    private static List<String> lines(Answer answer) {
        return answer.json("/lines").findValuesAsText("line");
    }

    @Test
    void theLastLinesComeFirstAndLeadBackToTheFirst() {
        Answer end = logs("last=true&limit=2");
        assertThat(lines(end)).containsExactly("step 19 is done", "step 20 is done");
        assertThat(end.json("/complete").booleanValue()).isFalse();
        assertThat(logs("after=" + end.text("/next_after")).json("/lines")).isEmpty();

        Answer before = logs("last=true&limit=2&before=" + end.text("/next_before"));
        assertThat(lines(before)).containsExactly("step 17 is done", "step 18 is done");
        Answer all = logs("last=true&before=" + before.text("/next_before"));
        assertThat(lines(all)).hasSize(16).startsWith("step 1 is done");
        assertThat(all.json("/complete").booleanValue()).isTrue();
        assertThat(lines(logs("after=" + all.text("/next_after")))).hasSize(4);
    }

    @Test
    void aTextFindsLinesInUpperAndLowerCaseAndMeansItself() {
        Answer found = logs("q=Step%201");
        assertThat(lines(found)).hasSize(11).startsWith("step 1 is done", "step 10 is done");
        assertThat(found.json("/complete").booleanValue()).isTrue();
        assertThat(lines(logs("q=100%25%20WRONG"))).hasSize(2);
        assertThat(lines(logs("q=100%25%25"))).isEmpty();
        Answer page = logs("q=step%201&limit=3");
        assertThat(page.json("/complete").booleanValue()).isFalse();
        assertThat(lines(logs("q=step%201&limit=3&after=" + page.text("/next_after"))))
                .containsExactly("step 12 is done", "step 13 is done", "step 14: an ERROR, 100% wrong");
    }

    @Test
    void theFirstAndTheLastErrorAreFoundAndTheLinesOfOneAttempt() {
        assertThat(lines(logs("errors=true&limit=1"))).containsExactly("step 7: an ERROR, 100% wrong");
        assertThat(lines(logs("errors=true&limit=1&last=true"))).containsExactly("step 14: an ERROR, 100% wrong");
        assertThat(lines(logs("errors=true&attempt=2"))).containsExactly("step 14: an ERROR, 100% wrong");
        assertThat(lines(logs("attempt=2"))).hasSize(10).startsWith("step 11 is done");
        assertThat(lines(logs("attempt=3"))).isEmpty();
    }

    @Test
    void wrongQueriesAreRefused() {
        assertThat(logs("before=0").status()).isEqualTo(422);
        assertThat(logs("last=yes").text("/errors/0/pointer")).isEqualTo("/last");
        assertThat(logs("q=").status()).isEqualTo(422);
        assertThat(SERVER.get("/v1/jobs/" + UUID.randomUUID() + "/logs?q=a").status())
                .isEqualTo(404);
    }

    @Test
    void aSearchWhoseTimeIsOverSaysHowFarItCameAndGoesOnFromThere() {
        LogReader impatient = new LogReader(SERVER.jdbi(), 10, Duration.ZERO);
        LogFilter wanted = new LogFilter(null, "STEP 20", false);
        LogReader.Part part = impatient.first(job, wanted, 0, Long.MAX_VALUE, 10);
        int steps = 1;
        while (part.lines().isEmpty()) {
            assertThat(part.complete()).isFalse();
            part = impatient.first(job, wanted, part.highest(), Long.MAX_VALUE, 10);
            steps++;
        }
        assertThat(steps).isEqualTo(4);
        assertThat(part.lines()).extracting(LogLine::line).containsExactly("step 20 is done");

        LogReader.Part back = impatient.last(job, new LogFilter(null, "step 1 ", false), 0, part.lowest(), 10);
        assertThat(back.lines()).isEmpty();
        assertThat(back.complete()).isFalse();
        LogReader patient = new LogReader(SERVER.jdbi(), 10, Duration.ofHours(1));
        assertThat(patient.last(job, new LogFilter(null, "step 1 ", false), 0, back.lowest(), 10)
                        .lines())
                .extracting(LogLine::line)
                .containsExactly("step 1 is done");
    }

    @ParameterizedTest
    @CsvSource({"next, ASC", "next, DESC", "lines, ASC", "lines, DESC"})
    void aLongLogAmongShortOnesIsReadInTheOrderOfItsIndex(String statement, String direction) {
        SERVER.jdbi().useHandle(handle -> {
            handle.execute("INSERT INTO job_logs (job_id, attempt, logged_at, line)"
                    + " SELECT gen_random_uuid(), 1, NOW(), 'short' FROM generate_series(1, 5000)");
            handle.execute("ANALYZE job_logs");
            handle.execute(
                    "INSERT INTO job_logs (job_id, attempt, logged_at, line)"
                            + " SELECT ?, 1, NOW(), 'long' FROM generate_series(1, 5000)",
                    job);
        });
        String plan = SERVER.jdbi().inTransaction(handle -> {
            handle.attach(LogQueries.class).readInOrder();
            return explain(handle, statement, direction);
        });
        assertThat(plan)
                .contains("job_logs_pkey", "job_id = ", "line_no > ", "line_no < ")
                .doesNotContain("Sort")
                .doesNotContain("Bitmap")
                .doesNotContain("Seq Scan");
    }

    private String explain(Handle handle, String statement, String direction) {
        Method method = Arrays.stream(LogQueries.class.getMethods())
                .filter(m -> m.getName().equals(statement))
                .findFirst()
                .orElseThrow();
        return String.join(
                "\n",
                handle.createQuery("EXPLAIN "
                                + method.getAnnotation(SqlQuery.class).value())
                        .define("direction", direction)
                        .bind("id", job)
                        .bind("after", 0L)
                        .bind("before", Long.MAX_VALUE)
                        .bind("limit", 200)
                        .bind("attempt", (Integer) null)
                        .bind("text", "a")
                        .bind("errors", true)
                        .mapTo(String.class)
                        .list());
    }
}
