package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.chains.Chains;
import io.longhaul.jobs.control.BulkCancellation;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.sql.BatchTransitions;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each end of a job writes one delivery for each subscribed endpoint, and nothing else writes any. */
class EndsTellWebhooksTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    /** Every way in which a job can end; each returns the ended job. */
    private enum End {
        COMPLETED("job.completed", () -> {
            Lease lease = leased();
            assertThat(JOBS.complete(lease, "1")).isTrue();
            return lease.jobId();
        }),
        COMPLETED_AFTER_IT_WAS_SHOWN("job.completed", () -> {
            Lease lease = leased();
            JOBS.showRunning(lease);
            assertThat(JOBS.complete(lease, "1")).isTrue();
            return lease.jobId();
        }),
        COMPLETED_AFTER_A_RETRY("job.completed", () -> {
            Lease first = leased();
            JOBS.retryLater(first, 0);
            JOBS.transitions().releaseDelayed(10, null);
            Lease second = JOBS.claim(first.nodeId());
            assertThat(JOBS.complete(second, "1")).isTrue();
            return second.jobId();
        }),
        FAILED("job.failed", () -> {
            Lease lease = leased();
            assertThat(JOBS.fail(lease)).isTrue();
            return lease.jobId();
        }),
        CANCELLED_PENDING("job.cancelled", () -> {
            UUID job = JOBS.enqueue(hooked());
            JOBS.cancel(job);
            return job;
        }),
        CANCELLED_RUNNING("job.cancelled", () -> {
            Lease lease = leased();
            JOBS.showRunning(lease);
            JOBS.cancel(lease.jobId());
            return lease.jobId();
        }),
        CANCELLED_WITH_MANY("job.cancelled", () -> {
            UUID job = JOBS.enqueue(hooked());
            assertThat(new BulkCancellation(JOBS.jdbi(), new JobSignals())
                            .cancel(List.of(job))
                            .cancelled())
                    .isEqualTo(1);
            return job;
        }),
        LOST_TOO_OFTEN("job.failed", () -> {
            JOBS.enqueue(hooked());
            Lease lease = JOBS.claim(JOBS.liveNode(), 0);
            JOBS.kill(lease.nodeId());
            assertThat(JOBS.transitions().rescue(10, null)).containsExactly(lease.jobId());
            return lease.jobId();
        }),
        EXPIRED("job.failed", () -> {
            UUID job = JOBS.enqueue(hooked());
            JOBS.lateToStart();
            assertThat(JOBS.transitions().expirePending(10, null)).containsExactly(job);
            return job;
        }),
        CALLED_OFF_WITH_ITS_PREDECESSOR("job.cancelled", () -> settledAfter("{}")),
        REFUSED_WITH_THE_RESULT_OF_ITS_PREDECESSOR("job.failed", () -> settledAfter("{\"x\": {\"$result\": \"%s\"}}")),
        COMPLETED_BY_A_PROGRAM_OF_LEVEL_6("job.completed", () -> {
            Lease lease = leased();
            // An older program does not know webhooks.
            JOBS.update(
                    "WITH ended AS (UPDATE jobs SET status = 'completed', result = '1', attempt = 1, completed_at = NOW()"
                            + " WHERE id = ? AND status IN ('pending', 'running') RETURNING id)"
                            + " DELETE FROM job_leases l USING ended e WHERE l.job_id = e.id",
                    lease.jobId());
            return lease.jobId();
        }),
        ENDED_BY_HAND("job.cancelled", () -> {
            UUID job = JOBS.enqueue(hooked());
            JOBS.update("UPDATE jobs SET status = 'cancelled', completed_at = NOW() WHERE id = ?", job);
            return job;
        });

        private final String event;
        private final Supplier<UUID> path;

        End(String event, Supplier<UUID> path) {
            this.event = event;
            this.path = path;
        }
    }

    private static Submission hooked() {
        return hooked(new OwnWebhook(null, "https://example.org:8443/own?x=1", null, null, null));
    }

    private static Submission hooked(OwnWebhook own) {
        JobExtras extras = JobExtras.of(e -> e.webhook = own);
        return TestJobs.submission(s -> s.extras = extras);
    }

    private static Lease leased() {
        JOBS.enqueue(hooked());
        return JOBS.claim(JOBS.liveNode());
    }

    /** A job whose predecessor failed, or whose tool refuses the predecessor's result. */
    private static UUID settledAfter(String params) {
        boolean takesResult = params.contains("$result");
        JOBS.pending();
        Lease before = JOBS.claim(JOBS.liveNode());
        JobExtras extras = JobExtras.of(e -> {
            e.after = List.of(before.jobId());
            e.webhook = hooked().extras().webhook();
        });
        Submission after = TestJobs.submission(s -> {
            s.params = params.formatted(before.jobId());
            s.extras = extras;
        });
        UUID id = new JointCommit(JOBS.jdbi(), new JobSignals())
                .commit(List.of(after), null, true)
                .results()
                .get(0)
                .submitted()
                .job()
                .id();
        boolean ended = takesResult ? JOBS.complete(before, "1") : JOBS.fail(before);
        assertThat(ended).isTrue();
        JOBS.update("DELETE FROM webhook_deliveries");
        Chains chains = new Chains(
                JOBS.jdbi(),
                submission -> {
                    throw new SubmissionRejected(SubmissionRejected.Reason.INVALID_PARAMS, "no", List.of());
                },
                200);
        assertThat(chains.settle(List.of(before.jobId())).ended()).containsExactly(id);
        return id;
    }

    private static UUID endpoint(String events, String tools) {
        return JOBS.jdbi()
                .withHandle(
                        handle -> handle.createQuery("INSERT INTO webhooks (url, events, tools, include_result, secret)"
                                        + " VALUES ('https://example.org', CAST(:events AS text[]), CAST(:tools AS text[]), FALSE, 's')"
                                        + " RETURNING id")
                                .bind("events", events)
                                .bind("tools", tools)
                                .mapTo(UUID.class)
                                .one());
    }

    private static List<String> told(UUID job) {
        return JOBS.jdbi()
                .withHandle(handle -> handle.select(
                                "SELECT event || ' ' || lane FROM webhook_deliveries WHERE job_id = ? ORDER BY lane",
                                job)
                        .mapTo(String.class)
                        .list());
    }

    private static long deliveries() {
        return JOBS.count("SELECT count(*) FROM webhook_deliveries");
    }

    @ParameterizedTest
    @EnumSource
    void eachEndWritesOneDeliveryForEachEndpointThatWantsIt(End end) {
        UUID all = endpoint("{job.completed,job.failed,job.cancelled}", null);
        UUID ofTheTool = endpoint("{" + end.event + "}", "{other,echo}");
        endpoint("{job.completed,job.failed,job.cancelled}", "{other}");
        endpoint("{job.completed,job.failed,job.cancelled}", "{}");
        endpoint("{batch.ended}", null);
        UUID job = end.path.get();
        assertThat(told(job))
                .containsExactlyInAnyOrder(
                        end.event + " " + all, end.event + " " + ofTheTool, end.event + " to example.org:8443");
        assertThat(JOBS.count("SELECT count(*) FROM webhook_deliveries WHERE job_id <> ? AND webhook_id IS NULL", job))
                .isZero();
    }

    @ParameterizedTest
    @EnumSource
    void withoutEndpointsOnlyTheJobsOwnAddressGetsADelivery(End end) {
        assertThat(told(end.path.get())).containsExactly(end.event + " to example.org:8443");
        assertThat(deliveries()).isEqualTo(1);
    }

    @Test
    void changesThatEndNoJobWriteNoDelivery() {
        endpoint("{job.completed,job.failed,job.cancelled}", null);
        Lease lease = leased();
        JOBS.showRunning(lease);
        JOBS.retryLater(lease, 0);
        JOBS.transitions().releaseDelayed(10, null);
        lease = JOBS.claim(lease.nodeId());
        JOBS.giveBack(lease);
        lease = JOBS.claim(lease.nodeId());
        JOBS.kill(lease.nodeId());
        JOBS.transitions().rescue(10, null);
        JOBS.update("UPDATE jobs SET status = 'running', started_at = NOW() - INTERVAL '1 h'");
        assertThat(JOBS.rescueUnleased(10)).hasSize(1);
        assertThat(deliveries()).isZero();
    }

    @Test
    void anEndThatIsRolledBackWritesNoDelivery() {
        endpoint("{job.completed}", null);
        Lease lease = leased();
        JOBS.jdbi().useTransaction(handle -> {
            assertThat(TestJobs.complete(handle.attach(JobTransitions.class), lease, "1"))
                    .isTrue();
            handle.rollback();
        });
        assertThat(deliveries()).isZero();
    }

    @Test
    void aStaleWorkerWritesNoDelivery() {
        endpoint("{job.completed}", null);
        Lease lease = leased();
        JOBS.cancel(lease.jobId());
        long before = deliveries();
        assertThat(JOBS.complete(lease, "1")).isFalse();
        assertThat(deliveries()).isEqualTo(before);
    }

    @Test
    void aPausedEndpointGetsItsDeliveryLaterAndADisabledOneNever() {
        UUID paused = endpoint("{job.cancelled}", null);
        UUID disabled = endpoint("{job.cancelled}", null);
        JOBS.update("UPDATE webhooks SET paused_at = NOW() WHERE id = ?", paused);
        JOBS.update("UPDATE webhooks SET disabled_at = NOW() WHERE id = ?", disabled);
        UUID job = JOBS.pending();
        JOBS.cancel(job);
        assertThat(told(job)).containsExactly("job.cancelled " + paused);
    }

    @Test
    void aJobThatNamesAnEndpointMakesOneDeliveryThere() {
        UUID named = endpoint("{batch.ended}", "{}");
        UUID both = endpoint("{job.cancelled}", null);
        UUID toNamed = JOBS.enqueue(hooked(new OwnWebhook(named, null, null, null, true)));
        UUID toBoth = JOBS.enqueue(hooked(new OwnWebhook(both, null, null, null, null)));
        UUID onlyFailures = JOBS.enqueue(hooked(new OwnWebhook(named, null, null, List.of("job.failed"), null)));
        List.of(toNamed, toBoth, onlyFailures).forEach(JOBS::cancel);
        assertThat(told(toNamed)).containsExactlyInAnyOrder("job.cancelled " + named, "job.cancelled " + both);
        assertThat(told(toBoth)).containsExactly("job.cancelled " + both);
        assertThat(told(onlyFailures)).containsExactly("job.cancelled " + both);
        assertThat(JOBS.count("SELECT count(*) FROM webhook_deliveries WHERE include_result"))
                .isEqualTo(2);
    }

    @Test
    void theEndOfABatchIsDeliveredWithItsCounts() {
        UUID endpoint = endpoint("{batch.ended}", "{}");
        endpoint("{job.completed}", null);
        UUID batch = UUID.randomUUID();
        JointCommit.Answer answer = new JointCommit(JOBS.jdbi(), new JobSignals())
                .commit(List.of(TestJobs.submission(), TestJobs.submission()), batch, true);
        answer.results().forEach(result -> JOBS.cancel(result.submitted().job().id()));
        BatchTransitions batches = JOBS.jdbi().onDemand(BatchTransitions.class);
        assertThat(batches.end(new UUID[] {batch})).containsExactly(batch);
        assertThat(batches.end(new UUID[] {batch})).isEmpty();
        Map<String, Object> delivery = JOBS.jdbi()
                .withHandle(handle -> handle.select(
                                "SELECT webhook_id, event, payload->>'cancelled' AS cancelled, payload->>'total' AS total"
                                        + " FROM webhook_deliveries")
                        .mapToMap()
                        .one());
        assertThat(delivery)
                .containsEntry("webhook_id", endpoint)
                .containsEntry("event", "batch.ended")
                .containsEntry("cancelled", "2")
                .containsEntry("total", "2");
    }
}
