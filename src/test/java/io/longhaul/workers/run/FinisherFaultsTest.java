package io.longhaul.workers.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Outcome;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.telemetry.AttemptEnd;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.RecordedTelemetry;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An outcome that cannot be written holds up no other, whatever the reason. */
class FinisherFaultsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final RecordedTelemetry telemetry = new RecordedTelemetry();
    private final Jdbi jdbi = Parked.impatient(DATABASE);
    private final Finisher finisher =
            new Finisher(jdbi, new Reports(jdbi, telemetry::loopFailed), telemetry, new JobSignals());

    private Lease bad;
    private List<Lease> good;

    @BeforeEach
    void claim() {
        bad = JOBS.leased();
        good = List.of(JOBS.leased(), JOBS.leased());
    }

    @AfterEach
    void removeTheTrigger() {
        JOBS.update("DROP FUNCTION IF EXISTS mine() CASCADE");
    }

    private void end(Outcome... outcomes) throws Exception {
        for (Outcome outcome : outcomes) {
            finisher.add(new AttemptEnd(TestJobs.TOOL, "0", Duration.ZERO, Duration.ZERO, outcome));
        }
        write();
    }

    private void write() {
        try {
            finisher.writer().run();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Outcome completed(Lease lease) {
        return new Outcome.Completed(lease, "1");
    }

    private void endAll() throws Exception {
        end(completed(good.get(0)), completed(bad), completed(good.get(1)));
    }

    private void assertThatTheOthersCompleted() {
        assertThat(good).allSatisfy(lease -> {
            assertThat(JOBS.job(lease.jobId()).status()).isEqualTo(JobStatus.COMPLETED);
            assertThat(finisher.holds(lease)).isFalse();
        });
        assertThat(telemetry.ended).extracting(Outcome::lease).containsExactlyInAnyOrderElementsOf(good);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PERFORM (SELECT n FROM generate_series(1, 2) n);",
                "PERFORM currval('mine');",
                "PERFORM FROM nothing;",
                "PERFORM NEW.nothing;",
                "RAISE EXCEPTION 'no' USING ERRCODE = '45000';"
            })
    void anOutcomeThatATriggerRefusesHoldsUpNoOther(String body) throws Exception {
        JOBS.update("CREATE SEQUENCE IF NOT EXISTS mine");
        JOBS.update("CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + body + " END $$");
        JOBS.update("CREATE TRIGGER mine BEFORE UPDATE ON jobs FOR EACH ROW WHEN (OLD.id = '" + bad.jobId()
                + "') EXECUTE FUNCTION mine()");

        endAll();

        assertThatTheOthersCompleted();
        assertThat(finisher.unstored().holds(bad)).isTrue();
        finisher.unstored().end();
        assertThat(telemetry.quarantined).containsExactly(bad.jobId());
    }

    @Test
    void anOutcomeThatNoStatementCanHoldHoldsUpNoOther() throws Exception {
        end(
                completed(good.get(0)),
                new Outcome.RetryLater(bad, "UNAVAILABLE", "later", ChronoUnit.FOREVER.getDuration()),
                completed(good.get(1)));

        assertThatTheOthersCompleted();
        assertThat(finisher.unstored().holds(bad)).isTrue();
    }

    /** Such as one that comes of a change that somebody made by hand, or of the driver. */
    @Test
    void anOutcomeWithAnErrorOfUnknownMeaningWaitsUntilItIsCured() throws Exception {
        JOBS.update("ALTER TABLE jobs ALTER COLUMN result TYPE bytea USING NULL");
        try {
            endAll();
            write();
            assertThat(good).allMatch(finisher::holds);
            assertThat(finisher.holds(bad)).isTrue();
            assertThat(finisher.unstored().holds(bad)).isFalse();
            assertThat(telemetry.ended).isEmpty();
            Await.until("it was tried three times", () -> {
                write();
                return telemetry.loopFailures.size() >= 3;
            });
            assertThat(telemetry.loopFailures.stream().map(RecordedTelemetry.LoopFailure::inARow))
                    .as("an outage must not fill the disk")
                    .startsWith(1, 2, 3);
        } finally {
            JOBS.update("ALTER TABLE jobs ALTER COLUMN result TYPE jsonb USING NULL");
        }
        Await.until("all are written", () -> {
            write();
            return telemetry.ended.size() == 3;
        });
        assertThat(JOBS.job(bad.jobId()).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void anOutcomeWhoseRowIsHeldIsWrittenOnceTheRowIsFree() throws Exception {
        try (Parked other = new Parked(JOBS.jdbi())) {
            other.execute("SELECT FROM jobs WHERE id = ? FOR UPDATE", bad.jobId());

            endAll();

            assertThatTheOthersCompleted();
            assertThat(finisher.holds(bad)).isTrue();
            assertThat(finisher.awaitWritten(Duration.ZERO)).isFalse();
            int failures = telemetry.loopFailures.size();
            write();
            assertThat(telemetry.loopFailures)
                    .as("it asks whether the row is free, and does not wait for it")
                    .hasSize(failures);
        }
        Await.until("it is written", () -> {
            write();
            return !finisher.holds(bad);
        });
        assertThat(JOBS.job(bad.jobId()).status()).isEqualTo(JobStatus.COMPLETED);
    }

    @Test
    void anAttemptWhoseOutcomeIsLostAndWhoseRowIsHeldHoldsUpNoOther() {
        finisher.unstored().add(bad);
        good.forEach(finisher.unstored()::add);
        try (Parked other = new Parked(JOBS.jdbi())) {
            other.execute("SELECT FROM jobs WHERE id = ? FOR UPDATE", bad.jobId());

            finisher.unstored().end();

            assertThat(good).noneMatch(finisher.unstored()::holds);
            assertThat(finisher.unstored().holds(bad)).isTrue();
        }
    }

    /** Each would take as long as the database waits for a lock. */
    @Test
    void attemptsWhoseOutcomesAreLostAndWhoseRowsAreHeldAreWaitedForOnce() {
        AtomicInteger failures = Parked.countFailures(jdbi);
        good.forEach(finisher.unstored()::add);
        try (Parked other = new Parked(JOBS.jdbi())) {
            good.forEach(lease -> other.execute("SELECT FROM jobs WHERE id = ? FOR UPDATE", lease.jobId()));

            finisher.unstored().end();

            assertThat(failures).hasValue(1);
            assertThat(good).allMatch(finisher.unstored()::holds);
        }
    }

    /** Another lock than the row's, such as one that a trigger waits for, cannot be asked for. */
    @OwnSession
    @Test
    void anOutcomeThatWaitsForAnyOtherLockHoldsUpNoOther() throws Exception {
        JOBS.update("CREATE FUNCTION mine() RETURNS trigger LANGUAGE plpgsql AS"
                + " $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NEW; END $$");
        JOBS.update("CREATE TRIGGER mine BEFORE UPDATE ON jobs FOR EACH ROW WHEN (OLD.id = '" + bad.jobId()
                + "') EXECUTE FUNCTION mine()");
        try (Parked other = new Parked(JOBS.jdbi())) {
            other.execute("SELECT pg_advisory_xact_lock(1)");

            endAll();
            Await.until("the others are written", () -> {
                write();
                return telemetry.ended.size() == good.size();
            });

            assertThatTheOthersCompleted();
            assertThat(finisher.holds(bad)).isTrue();
        }
    }
}
