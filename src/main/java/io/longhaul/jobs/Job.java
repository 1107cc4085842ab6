package io.longhaul.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * One job as it stands now: its row, with the lease of a running attempt folded in.
 *
 * @param id unique, given at submit
 * @param tool name of the tool that works on it
 * @param status where it stands
 * @param traceId W3C trace id of the submit, or the text an older system wrote
 * @param params JSON value as text
 * @param result JSON value as text once completed, else null
 * @param errorCode stable code of what went wrong, else null
 * @param errorMessage what went wrong, for people, else null
 * @param createdAt when it was accepted
 * @param startedAt when the latest attempt began, else null
 * @param completedAt when it ended, else null
 * @param expiresAt when it may be removed (ended) or is given up (pending)
 * @param priority 0 to 10, 10 first
 * @param runAt not before this time, else null
 * @param attempt how many attempts have begun
 * @param maxAttempts how many failing attempts it may have, or null for its tool's policy
 * @param timeoutSeconds how long one attempt may take, or null for its tool's policy
 * @param progress how far the work is, else null
 * @param extras what few jobs have; what it waits for is not told here
 * @param awaits how many jobs it still waits for
 * @param node name of the node that ended it, or null
 * @param toolVersion version of the tool that worked on it last, or null
 * @param waitingFor why it is not begun, in words, or null when all it needs is a free slot; not told in lists
 * @param readAt database time of the read, for durations of running jobs
 */
public record Job(
        UUID id,
        String tool,
        JobStatus status,
        String traceId,
        String params,
        String result,
        String errorCode,
        String errorMessage,
        Instant createdAt,
        Instant startedAt,
        Instant completedAt,
        Instant expiresAt,
        int priority,
        Instant runAt,
        int attempt,
        Integer maxAttempts,
        Integer timeoutSeconds,
        Progress progress,
        JobExtras extras,
        int awaits,
        String node,
        String toolVersion,
        String waitingFor,
        Instant readAt) {
    /** The members, to be set by name; those that are not set stay null or 0. */
    public static final class Draft {
        public UUID id;
        public String tool;
        public JobStatus status;
        public String traceId;
        public String params;
        public String result;
        public String errorCode;
        public String errorMessage;
        public Instant createdAt;
        public Instant startedAt;
        public Instant completedAt;
        public Instant expiresAt;
        public int priority;
        public Instant runAt;
        public int attempt;
        public Integer maxAttempts;
        public Integer timeoutSeconds;
        public Progress progress;
        public JobExtras extras;
        public int awaits;
        public String node;
        public String toolVersion;
        public String waitingFor;
        public Instant readAt;

        /** The job with these members. */
        public Job job() {
            return new Job(
                    id,
                    tool,
                    status,
                    traceId,
                    params,
                    result,
                    errorCode,
                    errorMessage,
                    createdAt,
                    startedAt,
                    completedAt,
                    expiresAt,
                    priority,
                    runAt,
                    attempt,
                    maxAttempts,
                    timeoutSeconds,
                    progress,
                    extras,
                    awaits,
                    node,
                    toolVersion,
                    waitingFor,
                    readAt);
        }
    }

    /**
     * How long the latest attempt took, or has taken so far.
     *
     * @return null before the start; never negative
     */
    public Duration duration() {
        if (startedAt == null) {
            return null;
        }
        Duration taken = Duration.between(startedAt, completedAt != null ? completedAt : readAt);
        return taken.isNegative() ? Duration.ZERO : taken;
    }
}
