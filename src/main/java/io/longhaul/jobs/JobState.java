package io.longhaul.jobs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.UUID;

/**
 * The members of a job that change during its life. Equal states look the same to a client, except for the running
 * time.
 *
 * @param id the job
 * @param status current status, with the lease of a running attempt folded in
 * @param attempt number of attempts that have started
 * @param runAt not before this time, or null
 * @param awaits number of jobs it still waits for
 * @param completedAt when it ended, or null
 * @param inputs the questions of its tool
 * @param progress latest progress report, or null
 */
public record JobState(
        UUID id,
        JobStatus status,
        int attempt,
        Instant runAt,
        int awaits,
        Instant completedAt,
        Inputs inputs,
        Progress progress) {
    private static final int VERSION_BYTES = 10;

    public static JobState of(Job job) {
        return new JobState(
                job.id(),
                job.status(),
                job.attempt(),
                job.runAt(),
                job.awaits(),
                job.completedAt(),
                job.inputs(),
                job.progress());
    }

    /** True if at most the progress differs; false for null. */
    public boolean standsAs(JobState other) {
        return other != null && withoutProgress().equals(other.withoutProgress());
    }

    private JobState withoutProgress() {
        return with(null);
    }

    /** A copy with other progress. */
    public JobState with(Progress other) {
        return new JobState(id, status, attempt, runAt, awaits, completedAt, inputs, other);
    }

    /** A hash of this state: 20 hexadecimal digits, the same on all nodes. */
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
