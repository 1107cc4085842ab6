package io.longhaul.operations;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * An action on all jobs that match a filter, as its row shows it.
 *
 * @param id unique
 * @param kind what it does
 * @param filter which jobs it changes, as JSON
 * @param principal the submitter, or null on servers that ask for no keys
 * @param tools the only tools that its submitter may use, or null for all
 * @param traceId the trace of the request that began it
 * @param state how far it is
 * @param createdAt only jobs that existed at this time are changed
 * @param endedAt when it ended, or null
 * @param listedTime submit of the last job on its list, or null
 * @param listedId that job, or null
 * @param listed true once all of its jobs are on its list
 * @param tried position up to which its jobs were tried
 * @param matched number of jobs on its list
 * @param done number of jobs that were changed
 * @param skipped number of jobs that needed no change, or were gone
 * @param failed number of jobs that could not be changed
 * @param waitsFor why it does not go on, for people, or null
 */
public record BulkOperation(
        UUID id,
        Kind kind,
        String filter,
        String principal,
        List<String> tools,
        String traceId,
        State state,
        Instant createdAt,
        Instant endedAt,
        Instant listedTime,
        UUID listedId,
        boolean listed,
        long tried,
        long matched,
        long done,
        long skipped,
        long failed,
        String waitsFor) {
    /** What is done to each job. */
    public enum Kind {
        /** Pending and running jobs are cancelled. */
        CANCEL,
        /** Ended jobs are repeated, each as a new job. */
        RETRY;

        /** Its name in the API and in the database. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** How far an operation is. */
    public enum State {
        /** No node has begun it. */
        PENDING,
        /** Its jobs are listed, then changed. */
        RUNNING,
        /** Each of its jobs has an outcome. */
        COMPLETED,
        /** Somebody stopped it; the jobs without outcome stay as they are. */
        CANCELLED;

        /** Its name in the API and in the database. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        public boolean isFinal() {
            return this == COMPLETED || this == CANCELLED;
        }
    }

    /** Number of jobs with an outcome. */
    public long decided() {
        return done + skipped + failed;
    }

    boolean mayUse(String tool) {
        return tools == null || tools.contains(tool);
    }
}
