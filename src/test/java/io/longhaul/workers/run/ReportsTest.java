package io.longhaul.workers.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.Progress;
import io.longhaul.jobs.TestJobs;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.testing.TestDatabase;
import io.longhaul.workers.Outage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReportsTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final Outage way = new Outage(DATABASE.dataSource());
    private final List<Throwable> refused = new CopyOnWriteArrayList<>();
    private final Reports reports = new Reports(way.jdbi(), (loop, inARow, failure) -> refused.add(failure));

    private static Progress progress(Lease lease) {
        return JOBS.job(lease.jobId()).progress();
    }

    @Test
    void storesTheLatestProgressAndKeepsTheLastMessage() {
        Lease lease = JOBS.leased();
        reports.progress(lease, 0.1, "first");
        reports.progress(lease, 0.2, "second");
        reports.progress(lease, 0.3, null);
        reports.flush();
        assertThat(progress(lease).fraction()).isEqualTo(0.3);
        assertThat(progress(lease).message()).isEqualTo("second");
    }

    @Test
    void fractionsAreClampedAndNanMeansUnknown() {
        Lease lease = JOBS.leased();
        reports.progress(lease, 7, "much");
        reports.flush();
        assertThat(progress(lease).fraction()).isEqualTo(1.0);
        reports.progress(lease, -1, null);
        reports.flush();
        assertThat(progress(lease).fraction()).isZero();
        reports.progress(lease, Double.NaN, null);
        reports.flush();
        assertThat(progress(lease).fraction()).isNull();
        assertThat(progress(lease).message()).isEqualTo("much");
    }

    @Test
    void reportsThatCouldNotBeStoredAreStoredLater() {
        Lease lease = JOBS.leased();
        reports.progress(lease, 0.5, "half");
        reports.log(lease, "one");
        way.down = true;
        assertThatThrownBy(reports::flush).hasRootCauseMessage("The connection attempt failed.");
        reports.log(lease, "two");
        way.down = false;
        reports.flush();
        assertThat(progress(lease).message()).isEqualTo("half");
        assertThat(JOBS.queries().logs(lease.jobId(), 0, 10))
                .extracting(JobQueries.LogLine::line)
                .containsExactly("one", "two");
    }

    @Test
    void aLongLineIsCut() {
        Lease lease = JOBS.leased();
        reports.log(lease, "x".repeat(100_000));
        reports.flush();
        assertThat(JOBS.queries().logs(lease.jobId(), 0, 1).get(0).line()).hasSize(8_001);
    }

    @Test
    void aFlushWaitsForOneOnAnotherThread() {
        Lease lease = JOBS.leased();
        reports.progress(lease, 0.1, "first");
        reports.flush();
        try (Parked reader = new Parked(JOBS.jdbi())) {
            reader.execute("SELECT FROM job_progress WHERE job_id = ? FOR UPDATE", lease.jobId());
            reports.progress(lease, 1.0, "last");
            CompletableFuture<Void> storing = CompletableFuture.runAsync(reports::flush);
            reader.awaitWaiters(1);
            Thread ending = new Thread(reports::flush);
            ending.start();
            Await.until("the second flush waits or is done", () -> {
                Thread.State state = ending.getState();
                return state == Thread.State.WAITING || state == Thread.State.TERMINATED;
            });
            assertThat(ending.getState()).isEqualTo(Thread.State.WAITING);
            reader.rollback();
            storing.join();
            Await.until("the second flush is done", () -> !ending.isAlive());
        }
        assertThat(progress(lease).message()).isEqualTo("last");
    }

    @Test
    void aToolThatKeepsLoggingDoesNotKeepAFlushFromEnding() throws InterruptedException {
        Lease lease = JOBS.leased();
        AtomicBoolean over = new AtomicBoolean();
        Thread chatterbox = new Thread(() -> {
            while (!over.get()) {
                reports.log(lease, "and another thing");
            }
        });
        chatterbox.start();
        try {
            Await.until("it talks faster than is stored", () -> chatterbox.getState() == Thread.State.WAITING);
            CompletableFuture.runAsync(reports::flush)
                    .orTimeout(30, TimeUnit.SECONDS)
                    .join();
        } finally {
            over.set(true);
            chatterbox.interrupt();
            chatterbox.join();
        }
        assertThat(JOBS.queries().logs(lease.jobId(), 0, 20_000)).hasSizeGreaterThanOrEqualTo(10_000);
    }

    @Test
    void aRefusedLineIsReplacedAndCostsNoOther() {
        Lease lease = JOBS.leased();
        Lease other = JOBS.leased();
        JOBS.update("ALTER TABLE job_logs ADD CONSTRAINT no_poison CHECK (line <> 'poison')");
        try {
            reports.log(lease, "before");
            reports.log(other, "poison");
            reports.log(lease, "poison");
            reports.log(lease, "after");
            reports.flush();
        } finally {
            JOBS.update("ALTER TABLE job_logs DROP CONSTRAINT no_poison");
        }
        assertThat(lines(lease)).containsExactly("before", "(PostgreSQL cannot store what was said here.)", "after");
        assertThat(lines(other)).hasSize(1);
        assertThat(refused).hasSize(2);
    }

    @Test
    void aRefusedMessageIsReplacedAndCostsNoOther() {
        Lease lease = JOBS.leased();
        Lease other = JOBS.leased();
        JOBS.update("ALTER TABLE job_progress ADD CONSTRAINT no_poison CHECK (message <> 'poison')");
        try {
            reports.progress(lease, 0.5, "poison");
            reports.progress(other, 0.25, "fine");
            reports.flush();
        } finally {
            JOBS.update("ALTER TABLE job_progress DROP CONSTRAINT no_poison");
        }
        assertThat(JOBS.job(lease.jobId()).progress().fraction()).isEqualTo(0.5);
        assertThat(JOBS.job(lease.jobId()).progress().message())
                .isEqualTo("(PostgreSQL cannot store what was said here.)");
        assertThat(JOBS.job(other.jobId()).progress().message()).isEqualTo("fine");
    }

    @Test
    void noLineIsLostWhenTheSequenceOfLinesIsBehind() {
        Lease lease = JOBS.leased();
        for (int i = 1; i <= 30; i++) {
            reports.log(lease, "old " + i);
        }
        reports.flush();
        JOBS.update(
                "SELECT setval(pg_get_serial_sequence('job_logs', 'line_no'), (SELECT min(line_no) FROM job_logs))");

        reports.log(lease, "new 1");
        reports.log(lease, "new 2");
        reports.flush();

        assertThat(lines(lease)).hasSize(32).endsWith("old 30", "new 1", "new 2");
    }

    private static List<String> lines(Lease lease) {
        return JOBS.queries().logs(lease.jobId(), 0, 100).stream()
                .map(JobQueries.LogLine::line)
                .toList();
    }
}
