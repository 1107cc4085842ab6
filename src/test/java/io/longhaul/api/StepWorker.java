package io.longhaul.api;

import io.longhaul.events.JobEnds;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.JobReports;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.NodeLeases;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** A worker that makes one step at each call of a test. */
public final class StepWorker {
    private static final String[] TOOLS = {"echo", "sleep", "ping", "pubmed.sync.incremental"};
    private static final Integer[] MANY = {1_000, 1_000, 1_000, 1_000};
    private static final long LEASE_MILLIS = 3_600_000;

    private final Jdbi jdbi;
    private final JobEnds ends;
    private Long node;

    StepWorker(Jdbi jdbi, JobEnds ends) {
        this.jdbi = jdbi;
        this.ends = ends;
    }

    /** Claims all pending jobs. */
    List<ClaimedJob> claim() {
        if (node == null) {
            node = jdbi.withExtension(NodeLeases.class, n -> n.register("step", "test", LEASE_MILLIS))
                    .id();
        }
        return jdbi.withExtension(
                JobTransitions.class, t -> t.claim(node, TOOLS, MANY, MANY, 1_000, Long.MAX_VALUE, new UUID[0]));
    }

    /** Claims all pending jobs and returns the one with this id. */
    public ClaimedJob claim(String jobId) {
        return claim().stream()
                .filter(job -> job.lease().jobId().equals(UUID.fromString(jobId)))
                .findFirst()
                .orElseThrow();
    }

    /** Marks a job as running, as the dispatcher does for longer jobs. */
    void showRunning(ClaimedJob job) {
        jdbi.useExtension(JobTransitions.class, t -> t.showRunning(ids(job), attempts(job), nodes()));
    }

    public void complete(ClaimedJob job, String result) {
        List<UUID> ended = jdbi.withExtension(
                JobTransitions.class, t -> t.complete(ids(job), attempts(job), nodes(), new String[] {result}));
        ends.ended(ended);
    }

    public void fail(ClaimedJob job, String code, String message, Long retryAfterMillis) {
        List<UUID> ended = jdbi.withExtension(
                JobTransitions.class,
                t -> t.failOrRetry(
                        ids(job), attempts(job), nodes(), new String[] {code}, new String[] {message}, new Long[] {
                            retryAfterMillis
                        }));
        if (retryAfterMillis == null) {
            ends.ended(ended);
        }
    }

    /** Stores a report, as a worker does. */
    public void progress(ClaimedJob job, double fraction, String message) {
        jdbi.useExtension(
                JobReports.class,
                r -> r.progress(ids(job), attempts(job), nodes(), new Double[] {fraction}, new String[] {message}));
    }

    public void log(ClaimedJob job, String... lines) {
        for (String line : lines) {
            jdbi.useExtension(
                    JobReports.class,
                    r -> r.log(
                            ids(job),
                            attempts(job),
                            nodes(),
                            new String[] {Instant.now().toString()},
                            new String[] {line}));
        }
    }

    /** Gives a job back, as a stopping node does. */
    void giveBack(ClaimedJob job) {
        jdbi.useExtension(JobTransitions.class, t -> t.giveBack(ids(job), attempts(job), nodes()));
    }

    /** Signals the end of a job without changing the database. */
    void tellEnd(ClaimedJob job) {
        ends.ended(List.of(job.lease().jobId()));
    }

    /** Checks for ended jobs, as after a notification. */
    void lookForEnds() {
        ends.lookAgain();
    }

    long node() {
        return node;
    }

    private Long[] nodes() {
        return new Long[] {node};
    }

    private static UUID[] ids(ClaimedJob job) {
        return new UUID[] {job.lease().jobId()};
    }

    private static Integer[] attempts(ClaimedJob job) {
        return new Integer[] {job.lease().attempt()};
    }
}
