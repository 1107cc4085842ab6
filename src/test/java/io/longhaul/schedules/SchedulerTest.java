package io.longhaul.schedules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.schedules.Schedules.Wanted;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jdbi.v3.core.JdbiException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SchedulerTest {
    /** A test may last into the next minute, so future times are computed from its beginning. */
    private final Instant begun = Instant.now();

    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final AtomicInteger committed = new AtomicInteger();
    private final JobSignals signals = new JobSignals();
    private final JointCommit commits = new JointCommit(JOBS.jdbi(), signals);
    private final Schedules schedules = JOBS.jdbi().onDemand(Schedules.class);

    @BeforeEach
    void listen() {
        signals.onReady(committed::incrementAndGet);
    }

    private Scheduler scheduler(Function<Schedule, Submission> submissions) {
        return new Scheduler(
                JOBS.jdbi(), () -> new String[] {"echo"}, submissions, SchedulerTest::refuseUnknownTools, commits);
    }

    private Scheduler scheduler() {
        return scheduler(SchedulerTest::submission);
    }

    private static Submission submission(Schedule schedule) {
        return TestJobs.withParams(schedule.tool(), schedule.params()).ofSchedule(schedule.id());
    }

    private static void refuseUnknownTools(Submission submission) throws SubmissionRejected {
        if (!submission.tool().equals("echo")) {
            throw new SubmissionRejected(
                    SubmissionRejected.Reason.UNKNOWN_TOOL, "There is no tool named gone.", List.of());
        }
    }

    /** A schedule that has been due for some seconds. */
    private UUID due(String name, String tool, Misfire misfire, String options, long secondsAgo) {
        return due(name, tool, "* * * * *", misfire, options, secondsAgo);
    }

    private UUID due(String name, String tool, String cron, Misfire misfire, String options, long secondsAgo) {
        return schedules
                .create(
                        new Wanted(
                                name,
                                tool,
                                "{\"a\": 1}",
                                cron,
                                "UTC",
                                misfire.label(),
                                options,
                                false,
                                schedules.now().minusSeconds(secondsAgo).toString()),
                        null)
                .orElseThrow()
                .id();
    }

    /** Due only once: a schedule for each minute may be due twice in a test at a minute's end. */
    private UUID due(String name) {
        return due(name, "echo", "0 0 1 1 *", Misfire.RUN_ONCE, "{}", 1);
    }

    private Schedule found(UUID id) {
        return schedules.find(id).orElseThrow();
    }

    private long jobs(UUID schedule) {
        return JOBS.count("SELECT count(*) FROM jobs WHERE schedule_id = ?", schedule);
    }

    @Test
    void aScheduleThatIsDueMakesItsJobAndIsDueAgainAtItsNextTime() {
        UUID id = due("nightly", "echo", "0 * * * *", Misfire.RUN_ONCE, "{}", 1);
        Duration wait = scheduler().run();
        assertThat(jobs(id)).isEqualTo(1);
        assertThat(committed).hasValue(1);
        Schedule after = found(id);
        assertThat(after.nextRunAt()).isAfter(begun).isBefore(after.readAt().plusSeconds(3601));
        assertThat(after.lastRunAt()).isNotNull();
        assertThat(after.lastError()).isNull();
        assertThat(JOBS.job(after.lastJobId()).params()).isEqualTo("{\"a\": 1}");
        assertThat(JOBS.job(after.lastJobId()).extras().scheduleId()).isEqualTo(id);
        assertThat(wait).isBetween(Duration.ofMillis(20), Duration.ofSeconds(5));
        scheduler().run();
        assertThat(jobs(id)).isEqualTo(1);
    }

    @Test
    void manySchedulersMakeOneJobForEachTick() {
        List<UUID> all = java.util.stream.IntStream.range(0, 40)
                .mapToObj(i -> due("s" + i))
                .toList();
        CyclicBarrier together = new CyclicBarrier(4);
        List<CompletableFuture<Duration>> nodes = java.util.stream.Stream.generate(() -> Parked.beside(() -> {
                    try {
                        together.await();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    return scheduler().run();
                }))
                .limit(4)
                .toList();
        nodes.forEach(CompletableFuture::join);
        assertThat(all).allSatisfy(id -> assertThat(jobs(id)).isEqualTo(1));
    }

    @Test
    void aScheduleThatAnotherNodeHasLockedIsNotTaken() {
        UUID id = due("held");
        UUID other = due("free");
        try (Parked holder = new Parked(JOBS.jdbi())) {
            holder.execute("SELECT FROM schedules WHERE id = ? FOR NO KEY UPDATE", id);
            scheduler().run();
            assertThat(jobs(id)).isZero();
            assertThat(jobs(other)).isEqualTo(1);
        }
    }

    @Test
    void aNodeThatDiesBetweenJobAndNextTimeWritesNeither() {
        UUID id = due("crash");
        JOBS.update("""
                CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS
                'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'
                """);
        // The job is written by then, and the next time is not.
        JOBS.update("CREATE TRIGGER die BEFORE UPDATE ON schedules FOR EACH ROW EXECUTE FUNCTION die()");
        assertThatThrownBy(() -> scheduler().run()).isInstanceOf(JdbiException.class);
        JOBS.update("DROP FUNCTION die CASCADE");
        assertThat(jobs(id)).isZero();
        assertThat(found(id).nextRunAt()).isBefore(found(id).readAt());
        scheduler().run();
        assertThat(jobs(id)).isEqualTo(1);
    }

    @Test
    void oneRunMakesUpForAllMissedOnes() {
        UUID id = due("once", "echo", Misfire.RUN_ONCE, "{}", 3_600);
        scheduler().run();
        assertThat(jobs(id)).isEqualTo(1);
        assertThat(found(id).nextRunAt()).isAfter(begun);
    }

    @Test
    void missedRunsAreSkippedAndReportedWithMisfireSkip() {
        UUID id = due("skip", "echo", Misfire.SKIP, "{}", 3_600);
        scheduler().run();
        // A run that is less than a minute late is not missed.
        assertThat(jobs(id)).isLessThanOrEqualTo(1);
        assertThat(found(id).nextRunAt()).isAfter(begun);
        UUID late = due("late", "echo", Misfire.SKIP, "{}", 20);
        scheduler().run();
        assertThat(jobs(late)).isPositive();
    }

    @Test
    void allMissedRunsAreMadeUpForUpToABound() {
        UUID some = due("some", "echo", Misfire.RUN_ALL, "{}", 600);
        UUID many = due("many", "echo", Misfire.RUN_ALL, "{}", 86_400);
        scheduler().run();
        assertThat(jobs(some)).isBetween(10L, 12L);
        assertThat(jobs(many)).isEqualTo(DueRuns.MOST);
        assertThat(found(many).lastError()).contains("left out");
        assertThat(found(many).nextRunAt()).isAfter(begun);
    }

    @Test
    void aRunIsLeftOutWhileThePreviousOneMustNotOverlap() {
        UUID id = due("alone", "echo", Misfire.RUN_ALL, "{\"overlap\": \"skip\"}", 600);
        scheduler().run();
        assertThat(jobs(id)).isEqualTo(1);
        JOBS.update("UPDATE schedules SET next_run_at = NOW()");
        scheduler().run();
        assertThat(jobs(id)).isEqualTo(1);
        assertThat(found(id).lastError())
                .isEqualTo("Left out, because job " + found(id).lastJobId() + " has not ended.");
        JOBS.cancel(found(id).lastJobId());
        JOBS.update("UPDATE schedules SET next_run_at = NOW()");
        scheduler().run();
        assertThat(jobs(id)).isEqualTo(2);
        assertThat(found(id).lastError()).isNull();
    }

    @Test
    void aScheduleWithoutItsToolReportsThatAndDoesNotHoldUpOthers() {
        UUID gone = due("gone", "gone", Misfire.RUN_ONCE, "{}", 60);
        UUID good = due("good");
        scheduler().run();
        assertThat(found(gone).lastError()).isEqualTo("There is no tool named gone.");
        assertThat(found(gone).nextRunAt()).isAfter(begun);
        assertThat(jobs(good)).isEqualTo(1);
    }

    @Test
    void aScheduleOfAnotherNodesToolIsLeftToThatNodeForAWhile() {
        UUID theirs = due("theirs", "gone", Misfire.RUN_ONCE, "{}", 1);
        assertThat(scheduler().run()).isGreaterThan(Duration.ofSeconds(1));
        assertThat(found(theirs).lastError()).isNull();
    }

    @Test
    void anExceptionOfOneScheduleDoesNotStopOthers() {
        UUID bad = due("bad", "echo", Misfire.RUN_ONCE, "{}", 30);
        UUID good = due("good");
        scheduler(schedule -> {
                    if (schedule.id().equals(bad)) {
                        throw new IllegalStateException("does not fit any more");
                    }
                    return submission(schedule);
                })
                .run();
        assertThat(found(bad).lastError()).isEqualTo("does not fit any more");
        assertThat(found(bad).nextRunAt()).isAfter(begun);
        assertThat(jobs(good)).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"time_zone = 'America/Not_Yet'", "cron = 'nonsense'"})
    void aScheduleThatThisNodeCannotReadIsLeftToOthersAndTriedAgainLater(String change) {
        UUID unreadable = due("unreadable");
        UUID good = due("good");
        JOBS.update("UPDATE schedules SET " + change + " WHERE id = ?", unreadable);
        Scheduler scheduler = scheduler();
        Instant dueAt = found(unreadable).nextRunAt();
        assertThat(scheduler.run()).isGreaterThan(Duration.ofSeconds(1));
        assertThat(jobs(good)).isEqualTo(1);
        assertThat(found(unreadable).lastError()).isNull();
        assertThat(found(unreadable).nextRunAt()).isEqualTo(dueAt);

        JOBS.update("UPDATE schedules SET next_run_at = NOW() - INTERVAL '6 s' WHERE id = ?", unreadable);
        scheduler.run();
        assertThat(jobs(unreadable)).isZero();
        assertThat(found(unreadable).lastError()).isNotBlank();
        assertThat(found(unreadable).nextRunAt())
                .isBetween(begun.plusSeconds(3_000), Instant.now().plusSeconds(3_700));

        JOBS.update("UPDATE schedules SET cron = '0 0 1 1 *', time_zone = 'UTC' WHERE id = ?", unreadable);
        JOBS.update("UPDATE schedules SET next_run_at = NOW() - INTERVAL '6 s' WHERE id = ?", unreadable);
        scheduler.run();
        assertThat(jobs(unreadable)).isEqualTo(1);
        JOBS.update("UPDATE schedules SET next_run_at = NOW() WHERE id = ?", unreadable);
        scheduler.run();
        assertThat(jobs(unreadable)).isEqualTo(2);
    }

    @Test
    void aScheduleThatWasGivenAnotherTimeIsNotMovedOn() {
        UUID id =
                JOBS.jdbi().withHandle(h -> h.createQuery("""
                                INSERT INTO schedules (name, tool_name, parameters, cron, time_zone, misfire, options, next_run_at)
                                VALUES ('moved', 'echo', '{}', '0 3 * * *', 'UTC', 'run_once', '{}', '2040-01-01T03:00:00Z')
                                RETURNING id
                                """).mapTo(UUID.class).one());
        schedules.ran(id, "2040-01-01T02:00:00Z", "2050-01-01T00:00:00Z", null, "too late");
        assertThat(schedules.find(id).orElseThrow().nextRunAt()).isEqualTo(Instant.parse("2040-01-01T03:00:00Z"));
        schedules.ran(id, "2040-01-01T03:00:00Z", "2050-01-01T00:00:00Z", null, null);
        assertThat(schedules.find(id).orElseThrow().nextRunAt()).isEqualTo(Instant.parse("2050-01-01T00:00:00Z"));
    }

    @Test
    void aPausedScheduleMakesNoJobs() {
        UUID id = due("paused");
        JOBS.update("UPDATE schedules SET paused_at = NOW()");
        scheduler().run();
        assertThat(jobs(id)).isZero();
    }
}
