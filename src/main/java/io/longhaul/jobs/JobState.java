package io.longhaul.jobs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/**
 * What changes of a job while it lives. Two equal states of a job show the same, but for the time that it has run.
 *
 * @param id the job
 * @param status where it stands, the lease of a running attempt folded in
 * @param attempt how many attempts have begun
 * @param runAt not before this time, or null
 * @param awaits how many jobs it still waits for
 * @param completedAt when it ended, or null
 * @param progress how far the work is, or null
 */
public record JobState(
        UUID id, JobStatus status, int attempt, Instant runAt, int awaits, Instant completedAt, Progress progress) {
    private static final int VERSION_BYTES = 10;

    /**
     * The state of a job that was read whole.
     *
     * @param job the job
     * @return its state
     */
    public static JobState of(Job job) {
        return new JobState(
                job.id(), job.status(), job.attempt(), job.runAt(), job.awaits(), job.completedAt(), job.progress());
    }

    /**
     * Whether all but the progress is the same.
     *
     * @param other another state of the job, or null
     * @return true if only progress was made in between, or nothing
     */
    public boolean standsAs(JobState other) {
        return other != null && withoutProgress().equals(other.withoutProgress());
    }

    private JobState withoutProgress() {
        return with(null);
    }

    /**
     * The same with other progress.
     *
     * @param other the progress
     * @return a state that {@link #standsAs} this one
     */
    public JobState with(Progress other) {
        return new JobState(id, status, attempt, runAt, awaits, completedAt, other);
    }

    /**
     * A name of this state.
     *
     * @return 20 hexadecimal digits, the same on all nodes
     */
    public String version() {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(Arrays.copyOf(digest, VERSION_BYTES));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
