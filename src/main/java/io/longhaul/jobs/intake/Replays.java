package io.longhaul.jobs.intake;

import io.longhaul.jobs.sql.JobQueries;

/** Tells submissions that were accepted before from new ones. They get their job, whatever has changed since. */
public final class Replays {
    private Replays() {}

    /** True if a job was made by the same payload with the same key. */
    public static boolean has(JobQueries jobs, Submission submission) {
        String[] key = {submission.idempotencyKey()};
        return key[0] != null
                && jobs.byKeys(key).stream()
                        .anyMatch(earlier -> submission.fingerprint().equals(earlier.hash()));
    }
}
