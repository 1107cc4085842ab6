package io.longhaul.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.Await;
import io.longhaul.jobs.JobChange;
import io.longhaul.jobs.Parked;
import io.longhaul.jobs.TestJobs;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JobFeedTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private final JobFeed feed = JOBS.jdbi().onDemand(JobFeed.class);

    /** Lets commits wait for a standby that never comes, or no longer. */
    private static void wanted(String standby) {
        JOBS.update("ALTER SYSTEM SET synchronous_standby_names = '" + standby + "'");
        JOBS.count("SELECT count(pg_reload_conf())");
    }

    private static UUID stored() {
        return JOBS.jdbi().inTransaction(handle -> {
            handle.execute("SET LOCAL synchronous_commit = 'on'");
            return handle.createQuery("INSERT INTO jobs (tool_name, trace_id, parameters, expires_at)"
                            + " VALUES ('echo', 'trace', '{}', 'infinity') RETURNING id")
                    .mapTo(UUID.class)
                    .one();
        });
    }

    private static long unconfirmed() {
        return JOBS.count("SELECT count(*) FROM pg_stat_activity"
                + " WHERE datname = current_database() AND wait_event = 'SyncRep'");
    }

    @Test
    void nothingIsSettledThatACommitWithoutItsStandbyMayStillShow() {
        AtomicReference<CompletableFuture<UUID>> commit =
                new AtomicReference<>(CompletableFuture.completedFuture(null));
        wanted("nobody");
        try {
            // The server takes a moment to see the setting.
            Await.until("a commit waits for its standby", () -> {
                if (commit.get().isDone()) {
                    commit.set(Parked.beside(JobFeedTest::stored));
                }
                return unconfirmed() == 1;
            });
            Instant begun = JOBS.jdbi()
                    .withHandle(h -> h.select("SELECT xact_start FROM pg_stat_activity"
                                    + " WHERE datname = current_database() AND wait_event = 'SyncRep'")
                            .mapTo(Instant.class)
                            .one());
            assertThat(feed.settled(0)).isBefore(begun);
            Instant latest = JOBS.jdbi().withExtension(JobStats.class, JobStats::latest);
            assertThat(latest).isBefore(begun.minus(Duration.ofMinutes(1)));
        } finally {
            wanted("");
        }
        Instant accepted = JOBS.job(commit.get().join()).createdAt();
        assertThat(feed.settled(0)).isAfter(accepted);
    }

    @Test
    void aQuestionWhoseTimeIsOverWaitsForNobody() {
        UUID job = JOBS.pending();
        JOBS.update(
                "INSERT INTO job_inputs (job_id, key, attempt, request, expires_at)"
                        + " VALUES (?, 'approve', 1, '{}', NOW() + INTERVAL '1 h')",
                job);
        assertThat(waits(job)).containsOnly(true).hasSize(4);
        JOBS.update("UPDATE job_inputs SET expires_at = NOW() - INTERVAL '1 s'");
        assertThat(waits(job)).containsOnly(false).hasSize(4);
        JOBS.update("DELETE FROM job_inputs");
    }

    /** Whether each of the ways to read a job says that it waits for input. */
    private List<Boolean> waits(UUID job) {
        OffsetDateTime from = OffsetDateTime.parse("2000-01-01T00:00:00Z");
        return List.of(
                JOBS.job(job).inputs().anyOpen(),
                JOBS.queries().page("TRUE", "j.id", Map.of(), false, false, 10, 0).stream()
                        .anyMatch(read -> read.inputs().anyOpen()),
                feed.states(new UUID[] {job}).stream()
                        .anyMatch(state -> state.inputs().anyOpen()),
                feed.changes(from, new UUID(0, 0), 10).stream().anyMatch(JobChange::waitingForInput));
    }
}
