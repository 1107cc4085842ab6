package io.longhaul.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.control.Cancellation;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.testing.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random sequences of changes to jobs by several workers, including dead and stale ones. Each step runs the real
 * statements and a small model of the rules, and both must agree on every job.
 *
 * <p>{@code -Dlonghaul.walk.seed=N} repeats the walks of a seed that failed; {@code -Dlonghaul.walk.seconds=N} walks
 * longer. A failing walk is shortened and printed step by step.
 */
class StateWalkTest {
    @RegisterExtension
    @Order(1)
    static final TestDatabase DATABASE = TestDatabase.migrated();

    @RegisterExtension
    @Order(2)
    static final TestJobs JOBS = TestJobs.in(DATABASE);

    private static final int LENGTH = 120;
    private static final int MOST_UNENDED = 3;
    private static final int SHORTENINGS = 300;

    /**
     * The same text as {@link ModelJobs.ModelJob#state}, and the columns that must not change after the end of a
     * job.
     */
    private static final String STATE = """
            SELECT j.id::text AS id,
                   concat_ws(' ', j.status, 'a' || j.attempt, 'f' || j.failures, 'l' || j.losses,
                             CASE WHEN j.delayed THEN 'delayed' ELSE 'ready' END,
                             COALESCE(l.attempt || '@' || l.node_id, '-')) AS state,
                   j.queue_seq AS place,
                   md5(concat_ws('|', j.status, j.result, j.error_code, j.error_message, j.attempt, j.started_at,
                                 j.completed_at, j.failures, j.losses)) AS ending
            FROM jobs j FULL JOIN job_leases l ON l.job_id = j.id
            """;

    private record Row(String id, String state, long place, String ending) {}

    private ModelJobs model;
    private Map<UUID, String> endings;
    private Map<UUID, Integer> attempts;

    @BeforeEach
    void begin() {
        model = new ModelJobs();
        endings = new HashMap<>();
        attempts = new HashMap<>();
    }

    @Test
    void afterEachRandomStepTheDatabaseAgreesWithTheModel() {
        long seed = Long.getLong("longhaul.walk.seed", System.nanoTime());
        long seconds = Long.getLong("longhaul.walk.seconds", 6);
        System.out.println("Walks of seed " + seed + " (-Dlonghaul.walk.seed=" + seed + ")");
        Random random = new Random(seed);
        long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
        int steps = 0;
        do {
            Walk walk = Walk.random(random, LENGTH);
            String problem = take(walk);
            steps += walk.length();
            if (problem != null) {
                throw new AssertionError("seed " + seed + ", shortened: " + told(shorten(walk)));
            }
        } while (System.nanoTime() < end);
        System.out.println(steps + " steps");
        assertThat(steps).isGreaterThan(LENGTH);
    }

    /** Removes steps that are not needed to fail. */
    private Walk shorten(Walk failing) {
        Walk shortest = failing;
        int tries = 0;
        for (int part = shortest.length() / 2; part > 0; part /= 2) {
            for (int from = 0; from < shortest.length() && tries++ < SHORTENINGS; ) {
                Walk shorter = shortest.without(from, part);
                if (take(shorter) == null) {
                    from += part;
                } else {
                    shortest = shorter;
                }
            }
        }
        return shortest;
    }

    private String told(Walk walk) {
        return take(walk) + "\n"
                + walk.steps().stream().map(Walk.Step::toString).collect(Collectors.joining("\n"));
    }

    /** Takes a walk from an empty database; returns the failure or null. */
    private String take(Walk walk) {
        // Not TRUNCATE, which takes longer for so few rows.
        JOBS.update("DELETE FROM jobs; DELETE FROM job_leases; DELETE FROM nodes; DELETE FROM job_attempts");
        begin();
        for (Walk.Step step : walk.steps()) {
            try {
                take(step);
                compare();
            } catch (AssertionError | RuntimeException e) {
                return "after " + step + ": " + e.getMessage();
            }
        }
        return null;
    }

    private void compare() {
        Map<String, String> found = new TreeMap<>();
        for (Row row : rows()) {
            assertThat(row.id()).as("a lease without a job: " + row.state()).isNotNull();
            UUID id = UUID.fromString(row.id());
            assertThat(found.put(row.id(), row.state())).as("a second lease").isNull();
            assertThat(model.jobs).as("a job from nowhere").containsKey(id);
            model.place(id, row.place());
            checkHistory(id, row);
        }
        Map<String, String> expected = new TreeMap<>();
        model.jobs.forEach((id, job) -> expected.put(id.toString(), job.state()));
        assertThat(found).isEqualTo(expected);
    }

    private void checkHistory(UUID id, Row row) {
        ModelJobs.ModelJob job = model.jobs.get(id);
        if (endings.containsKey(id)) {
            assertThat(row.ending()).as("the end of " + id).isEqualTo(endings.get(id));
        } else if (job.ended()) {
            endings.put(id, row.ending());
        }
        assertThat(job.attempt).isGreaterThanOrEqualTo(attempts.getOrDefault(id, 0));
        attempts.put(id, job.attempt);
    }

    private static List<Row> rows() {
        return JOBS.jdbi()
                .withHandle(handle -> handle.createQuery(STATE)
                        .map((row, context) -> new Row(
                                row.getString("id"),
                                row.getString("state"),
                                row.getLong("place"),
                                row.getString("ending")))
                        .list());
    }

    private void take(Walk.Step step) {
        switch (step.verb()) {
            case SUBMIT -> submit(step.first());
            case SUBMIT_WITH_A_KEY -> submit(0, "key" + step.first() % 4, step.second() % 2 == 0);
            case CLAIM -> claim(node(step.first()), 1 + step.second() % 3);
            case CANCEL -> cancel(step);
            case NODE_DIES -> nodeDies(node(step.first()));
            case NODE_COMES_BACK -> nodeComesBack(node(step.first()));
            case TIME_PASSES -> timePasses(step);
            case DELAY_PASSES -> delayPasses();
            case RESCUE, EXPIRE, LIFT_LIMITS, RELEASE, REQUEUE, CLEAN_UP -> keepHouse(step.verb());
            default -> withLease(step);
        }
    }

    /** Only a few jobs at a time, so that each changes often. */
    private void submit(int number) {
        if (model.jobs.values().stream().filter(job -> !job.ended()).count() < MOST_UNENDED) {
            submit(number % 3, null, number % 2 == 0);
        }
    }

    private void submit(int priority, String key, boolean limited) {
        Submission submission = TestJobs.submission(s -> {
            s.priority = priority;
            s.idempotencyKey = key;
            s.extras = JobExtras.of(e -> e.startWithinSeconds = limited ? 3_600 : null);
        });
        boolean taken = key != null && model.keys.containsKey(key);
        try {
            UUID id = JOBS.enqueue(submission);
            assertThat(taken).as("a key made a second job").isFalse();
            model.submitted(id, priority);
            model.jobs.get(id).limited = limited;
            if (key != null) {
                model.keys.put(key, id);
            }
        } catch (IndexOutOfBoundsException noRow) {
            assertThat(taken).as("a free key made no job").isTrue();
        }
    }

    /** One of at most three nodes, which is registered when it is first named. */
    private long node(int number) {
        int index = number % 3;
        while (model.nodes.size() <= index) {
            long id = JOBS.liveNode();
            model.nodes.add(id);
            model.alive.add(id);
        }
        return model.nodes.get(index);
    }

    private void claim(long node, int limit) {
        List<UUID> expected = model.next(node, limit);
        List<Lease> leases = JOBS.claim(node, ModelJobs.MAX_LOSSES, limit, TestJobs.TOOL).stream()
                .map(ClaimedJob::lease)
                .toList();
        assertThat(leases).extracting(Lease::jobId).containsExactlyElementsOf(expected);
        for (Lease lease : leases) {
            assertThat(lease).isEqualTo(model.claimed(lease.jobId(), node));
        }
    }

    private void cancel(Walk.Step step) {
        List<UUID> all = new ArrayList<>(model.jobs.keySet());
        if (!all.isEmpty()) {
            UUID id = all.get(step.first() % all.size());
            assertThat(JOBS.cancel(id) == Cancellation.Answer.CANCELLED).isEqualTo(model.cancelled(id));
        }
    }

    private void nodeDies(long node) {
        JOBS.kill(node);
        model.alive.remove(node);
    }

    private void nodeComesBack(long node) {
        assertThat(JOBS.nodes().renew(JOBS.run(node), Duration.ofMinutes(10).toMillis()))
                .isPresent();
        model.alive.add(node);
    }

    private void timePasses(Walk.Step step) {
        List<UUID> all = new ArrayList<>(model.jobs.keySet());
        if (!all.isEmpty()) {
            UUID id = all.get(step.first() % all.size());
            JOBS.update("UPDATE jobs SET expires_at = NOW() - INTERVAL '1 h' WHERE id = ?", id);
            model.jobs.get(id).late = true;
        }
    }

    private void delayPasses() {
        JOBS.update("UPDATE jobs SET run_at = NOW() - INTERVAL '1 s' WHERE delayed");
        model.jobs.values().stream().filter(job -> job.delayed).forEach(job -> job.due = true);
    }

    private void keepHouse(Walk.Verb verb) {
        JobTransitions t = JOBS.transitions();
        switch (verb) {
            case RESCUE -> assertThat(new HashSet<>(t.rescue(100, null))).isEqualTo(model.rescued());
            case EXPIRE -> assertThat(new HashSet<>(t.expirePending(100, null))).isEqualTo(model.expired());
            case LIFT_LIMITS -> assertThat(t.liftLimits(100, null)).isEqualTo(model.lifted());
            case RELEASE -> assertThat(t.releaseDelayed(100, null)).isEqualTo(model.released());
            case REQUEUE -> assertThat(JOBS.rescueUnleased(100)).hasSize(model.requeued());
            default -> assertThat(JOBS.deleteExpired(100)).isEqualTo(model.cleaned());
        }
    }

    /** A worker's action under a lease that it has or had. */
    private void withLease(Walk.Step step) {
        if (model.leases.isEmpty()) {
            return;
        }
        Lease lease = lease(step);
        switch (step.verb()) {
            case SHOW_RUNNING -> assertThat(JOBS.showRunning(lease)).isEqualTo(model.shown(lease));
            case REPORT -> assertThat(JOBS.report(lease, 0.5, "half")).isEqualTo(model.holds(lease));
            case COMPLETE -> assertThat(JOBS.complete(lease, "1")).isEqualTo(model.ended(lease, "completed"));
            case FAIL -> assertThat(JOBS.fail(lease)).isEqualTo(model.ended(lease, "failed"));
            case RETRY_LATER -> assertThat(JOBS.retryLater(lease, 60_000)).isEqualTo(model.ended(lease, "later"));
            case GIVE_BACK -> assertThat(JOBS.giveBack(lease)).isEqualTo(model.ended(lease, "back"));
            default -> leaseVanishes(lease);
        }
    }

    /** Half of the time a valid lease, otherwise one of the latest: most of those are stale. */
    private Lease lease(Walk.Step step) {
        List<Lease> good = model.leases.stream().filter(model::holds).toList();
        if (step.second() % 2 == 0 && !good.isEmpty()) {
            return good.get(step.first() % good.size());
        }
        int back = Math.min(step.first() % 12, model.leases.size() - 1);
        return model.leases.get(model.leases.size() - 1 - back);
    }

    /** A lease is lost by a restored backup or a wrong DELETE. */
    private void leaseVanishes(Lease lease) {
        if (model.holds(lease) && model.jobs.get(lease.jobId()).status.equals("running")) {
            JOBS.update("DELETE FROM job_leases WHERE job_id = ?", lease.jobId());
            JOBS.update("UPDATE jobs SET started_at = NOW() - INTERVAL '1 h' WHERE id = ?", lease.jobId());
            model.jobs.get(lease.jobId()).lease = null;
        }
    }
}
