package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.jobs.sql.HourStats;
import io.longhaul.jobs.sql.JobStats;
import io.longhaul.jobs.sql.StepStats;
import io.longhaul.jobs.sql.TotalStats;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.inprocess.BuiltIn;
import io.longhaul.workers.housekeeping.StatsMaker;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatsApiTest {
    @Order(1)
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @Order(2)
    @RegisterExtension
    static final ApiServer SERVER = new ApiServer(DATABASE, ApiConfiguration.DEFAULT, BuiltIn.tools());

    @AfterEach
    void removeAll() {
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs, job_leases, job_stats, job_stats_hours, job_totals"));
    }

    /** Inserts jobs that ended ten minutes ago after these waits and runs. */
    private static void ended(String tool, String status, int jobs, String wait, String run) {
        SERVER.jdbi().useHandle(h -> h.execute("""
                        INSERT INTO jobs (tool_name, status, trace_id, parameters, created_at, started_at, completed_at, expires_at)
                        SELECT ?, ?::jobstatus, 't', '{}', t.at, t.at + ?::interval, t.at + ?::interval + ?::interval,
                               NOW() + INTERVAL '1 h'
                        FROM (SELECT date_trunc('minute', NOW()) - INTERVAL '10 min') AS t (at), generate_series(1, ?)
                        """, tool, status, wait, wait, run, jobs));
    }

    /** Makes figures until nothing is left, as housekeeping does. */
    private static void make() {
        StatsMaker maker = new StatsMaker(SERVER.jdbi());
        // The first step covers an hour, later ones a minute. How long it rests says nothing on a busy machine.
        for (int i = 0; i < 100 && !isDone(); i++) {
            maker.run();
        }
        assertThat(isDone()).isTrue();
    }

    private static boolean isDone() {
        return SERVER.jdbi()
                .withExtension(
                        JobStats.class,
                        stats -> stats.done()
                                .filter(done -> !done.isBefore(stats.latest()))
                                .isPresent());
    }

    @Test
    void theMinutesOfAnHourAddUp() {
        ended("echo", "completed", 90, "2 s", "4 s");
        ended("ping", "failed", 5, "0 s", "0.5 ms");
        make();

        Instant to = Instant.now().truncatedTo(ChronoUnit.MINUTES);
        Instant from = to.minus(Duration.ofHours(3));
        for (String tool : new String[] {null, "echo"}) {
            List<JobStats.Figures> hours = steps(new StepStats.Span(from, to, 3_600), tool);
            List<JobStats.Figures> minutes = steps(new StepStats.Span(from, to, 60), tool);

            assertThat(hours).hasSize(1);
            assertThat(minutes).hasSize(1);
            assertThat(hours.get(0))
                    .usingRecursiveComparison()
                    .ignoringFields("at")
                    .isEqualTo(minutes.get(0));
            assertThat(hours.get(0).completed()).isEqualTo(90);
            assertThat(hours.get(0).failed()).isEqualTo(tool == null ? 5 : 0);
        }
    }

    private static List<JobStats.Figures> steps(StepStats.Span span, String tool) {
        return SERVER.jdbi().withExtension(StepStats.class, stats -> span.read(stats, tool));
    }

    @Test
    void hoursAndTheMinutesAroundThemAreReadOnceEach() {
        // A job in each minute of five hours, as its figures.
        Instant hour = Instant.parse("2026-01-02T03:00:00Z");
        SERVER.jdbi().useHandle(h -> {
            h.execute("""
                    INSERT INTO job_stats (minute, tool_name, submitted, completed, runs)
                    SELECT ?::timestamptz + m * INTERVAL '1 min', t, 1, 1, '{1}'
                    FROM generate_series(0, 299) AS m, unnest(ARRAY['echo', 'ping']) AS t
                    """, hour.toString());
            OffsetDateTime from = hour.atOffset(ZoneOffset.UTC);
            for (int i = 0; i < 5; i++) {
                h.attach(HourStats.class).make(from.plusHours(i), 30);
            }
            h.attach(TotalStats.class).minutes(from, from.plusHours(5));
            h.attach(TotalStats.class).hours(from, from.plusHours(5));
        });

        for (String span : List.of("10,290", "0,300", "0,20", "59,61", "60,120", "10,120", "60,130")) {
            long begin = Long.parseLong(span.split(",")[0]);
            long end = Long.parseLong(span.split(",")[1]);
            Instant from = hour.plus(Duration.ofMinutes(begin));
            Instant to = hour.plus(Duration.ofMinutes(end));
            for (int seconds : new int[] {60, 3_600, 7_200}) {
                assertThat(steps(new StepStats.Span(from, to, seconds), null).stream()
                                .mapToLong(JobStats.Figures::completed)
                                .sum())
                        .as("%s by %d", span, seconds)
                        .isEqualTo(2 * (end - begin));
                assertThat(steps(new StepStats.Span(from, to, seconds), "ping").stream()
                                .mapToLong(step -> step.runs().get(0))
                                .sum())
                        .as("%s by %d", span, seconds)
                        .isEqualTo(end - begin);
            }
        }
    }

    @Test
    void minutesThatALowerLevelComputedAreAddedUpLater() {
        ended("echo", "completed", 9, "2 s", "4 s");
        make();
        // As a program without totals leaves it: minutes up to two ago are computed, none is added up.
        SERVER.jdbi().useHandle(h -> {
            h.execute("TRUNCATE job_totals");
            h.execute("UPDATE job_stats SET minute = minute - INTERVAL '2 min' WHERE tool_name = ''");
        });
        assertThat(SERVER.get("/v1/stats").json("/total/completed").asInt()).isZero();

        make();

        assertThat(SERVER.get("/v1/stats").json("/total/completed").asInt()).isEqualTo(9);
        assertThat(SERVER.get("/v1/stats?step=3600").json("/total/completed").asInt())
                .isEqualTo(9);
    }

    @Test
    void figuresOfAMinuteAreRead() {
        ended("echo", "completed", 90, "2 s", "4 s");
        ended("echo", "failed", 10, "2 s", "20 s");
        ended("ping", "completed", 5, "0 s", "0.5 ms");
        make();
        SERVER.jdbi().useHandle(h -> h.execute("TRUNCATE jobs"));

        Answer all = SERVER.get("/v1/stats");
        assertThat(all.status()).isEqualTo(200);
        assertThat(all.json("/total/submitted").asInt()).isEqualTo(105);
        assertThat(all.json("/total/completed").asInt()).isEqualTo(95);
        assertThat(all.json("/total/failed").asInt()).isEqualTo(10);
        Answer echo = SERVER.get("/v1/stats?tool=echo");
        assertThat(echo.json("/steps")).hasSize(1);
        assertThat(echo.json("/steps/0/completed").asInt()).isEqualTo(90);
        assertThat(echo.json("/total/wait_ms/mean").asInt()).isEqualTo(2_000);
        assertThat(echo.json("/total/wait_ms/p99").asInt()).isEqualTo(3_000);
        assertThat(echo.json("/total/run_ms/mean").asInt()).isEqualTo(5_600);
        assertThat(echo.json("/total/run_ms/p50").asInt()).isEqualTo(10_000);
        assertThat(echo.json("/total/run_ms/p95").asInt()).isEqualTo(30_000);
        assertThat(SERVER.get("/v1/stats?tool=ping").json("/total/run_ms/p99").asInt())
                .isEqualTo(1);
        assertThat(SERVER.get("/v1/stats?tool=none").json("/steps")).isEmpty();
        assertThat(SERVER.get("/v1/stats?step=3600").json("/steps/0/submitted").asInt())
                .isEqualTo(105);
    }

    @Test
    void jobsThatNeverBeganHaveNoTimes() {
        ended("echo", "completed", 1, "2 s", "4 s");
        ended("echo", "cancelled", 9, "2 s", "4 s");
        ended("ping", "cancelled", 1, "2 s", "4 s");
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE jobs SET started_at = NULL WHERE status = 'cancelled'"));
        make();

        Answer echo = SERVER.get("/v1/stats?tool=echo");
        assertThat(echo.json("/total/cancelled").asInt()).isEqualTo(9);
        assertThat(echo.json("/total/wait_ms/mean").asInt()).isEqualTo(2_000);
        assertThat(echo.json("/total/wait_ms/p50").asInt()).isEqualTo(3_000);
        assertThat(echo.json("/total/run_ms/mean").asInt()).isEqualTo(4_000);
        assertThat(echo.json("/total/run_ms/p50").asInt()).isEqualTo(10_000);
        Answer ping = SERVER.get("/v1/stats?tool=ping");
        assertThat(ping.json("/total/cancelled").asInt()).isEqualTo(1);
        assertThat(ping.json("/total/wait_ms/mean").isNull()).isTrue();
        assertThat(ping.json("/total/wait_ms/p50").isNull()).isTrue();
    }

    @Test
    void figuresOfAMinuteDoNotChangeIfTheyAreMadeAgain() {
        ended("echo", "completed", 3, "1 s", "1 s");
        make();
        make();
        SERVER.jdbi().useHandle(h -> h.execute("DELETE FROM job_stats WHERE tool_name = ''"));
        make();

        assertThat(SERVER.get("/v1/stats").json("/total/completed").asInt()).isEqualTo(3);
    }

    @Test
    void figuresContinueAfterAQuietTime() {
        make();
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE job_stats SET minute = minute - INTERVAL '3 hours'"));
        ended("echo", "cancelled", 2, "1 s", "1 s");
        for (int i = 0; i < 70; i++) {
            new StatsMaker(SERVER.jdbi()).run();
        }

        assertThat(SERVER.get("/v1/stats").json("/total/cancelled").asInt()).isEqualTo(2);
        assertThat(new StatsMaker(SERVER.jdbi()).run()).isGreaterThan(Duration.ZERO);
    }

    @Test
    void figuresGoOnAfterTheClockOfTheDatabaseWasSetBack() {
        make();
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE job_stats SET minute = minute + INTERVAL '3 hours'"));
        ended("echo", "cancelled", 2, "1 s", "1 s");
        for (int i = 0; i < 70; i++) {
            new StatsMaker(SERVER.jdbi()).run();
        }

        assertThat(SERVER.get("/v1/stats").json("/total/cancelled").asInt()).isEqualTo(2);
    }

    @Test
    void waitingAndRunningJobsAreCounted() {
        SERVER.worker().claim(SERVER.submit());
        SERVER.submit();

        assertThat(SERVER.get("/v1/stats").json("/running").asInt()).isEqualTo(1);
        assertThat(SERVER.get("/v1/stats?tool=ping").json("/running").asInt()).isZero();
        Answer nodes = SERVER.get("/v1/nodes");
        assertThat(nodes.text("/nodes/0/name")).isEqualTo("step");
        assertThat(nodes.text("/nodes/0/status")).isEqualTo("alive");
        assertThat(nodes.json("/nodes/0/running").asInt()).isEqualTo(1);
        assertThat(nodes.text("/nodes/0/version")).isEqualTo("test");
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE nodes SET tools = '{echo,ping}'"));
        assertThat(SERVER.get("/v1/nodes").json("/nodes/0/tools"))
                .map(JsonNode::asText)
                .containsExactly("echo", "ping");
        // As from a draining node.
        SERVER.jdbi().useHandle(h -> h.execute("UPDATE nodes SET tools = '{}'"));
        assertThat(SERVER.get("/v1/nodes").json("/nodes/0/tools")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "step=90,/step",
        "step=59,/step",
        "from=2026-01-01T00:00:00Z&to=2025-01-01T00:00:00Z,/from",
        "from=2025-01-01T00:00:00Z&to=2026-01-01T00:00:00Z,/step",
        "to=now,/to"
    })
    void aWrongParameterIsReported(String query, String pointer) {
        Answer answer = SERVER.get("/v1/stats?" + query);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo(pointer);
    }
}
