package io.longhaul.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/**
 * The current state of one job: its row, with the lease of a running attempt folded in.
 *
 * @param id unique, given at submit
 * @param tool name of its tool
 * @param status current status
 * @param traceId W3C trace id of the submit, or the text an older system wrote
 * @param params JSON value as text
 * @param result JSON value as text once completed, else null
 * @param errorCode stable error code, else null
 * @param errorMessage the error for people, else null
 * @param failure the fingerprint of the failure, which jobs that failed alike share; null unless failed
 * @param createdAt when it was accepted
 * @param startedAt when the latest attempt started, else null
 * @param completedAt when it ended, else null
 * @param expiresAt when it may be deleted; before its end, the earliest time at which that may be
 * @param startBy when it fails unless its first attempt has begun; null without such a limit, or if it has begun
 * @param priority 0 to 10, 10 first
 * @param runAt not before this time, else null
 * @param attempt number of attempts that have started
 * @param maxAttempts failed attempts allowed, or null for its tool's policy
 * @param timeoutSeconds time limit of one attempt, or null for its tool's policy
 * @param progress latest progress report, else null
 * @param extras rarely used members; the jobs that it waits for are not filled in
 * @param awaits number of jobs that it still waits for
 * @param node name of the node that ended it, or null
 * @param toolVersion version of the tool in the latest attempt, or null
 * @param waiting why it has not begun; null unless somebody asked for the reason
 * @param inputs the questions of its tool
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
        String failure,
        Instant createdAt,
        Instant startedAt,
        Instant completedAt,
        Instant expiresAt,
        Instant startBy,
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
        Waiting waiting,
        Inputs inputs,
        Instant readAt) {
    /** The members, set by name; members that are not set stay null or 0. */
    public static final class Draft {
        public UUID id;
        public String tool;
        public JobStatus status;
        public String traceId;
        public String params;
        public String result;
        public String errorCode;
        public String errorMessage;
        public String failure;
        public Instant createdAt;
        public Instant startedAt;
        public Instant completedAt;
        public Instant expiresAt;
        public Instant startBy;
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
        public Waiting waiting;
        public Inputs inputs = Inputs.NONE;
        public Instant readAt;

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
                    failure,
                    createdAt,
                    startedAt,
                    completedAt,
                    expiresAt,
                    startBy,
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
                    waiting,
                    inputs,
                    readAt);
        }
    }

    /** A copy with the reason why it has not begun. */
    public Job waitsBecause(Waiting reason) {
        Draft copy = new Draft();
        copy.id = id;
        copy.tool = tool;
        copy.status = status;
        copy.traceId = traceId;
        copy.params = params;
        copy.result = result;
        copy.errorCode = errorCode;
        copy.errorMessage = errorMessage;
        copy.failure = failure;
        copy.createdAt = createdAt;
        copy.startedAt = startedAt;
        copy.completedAt = completedAt;
        copy.expiresAt = expiresAt;
        copy.startBy = startBy;
        copy.priority = priority;
        copy.runAt = runAt;
        copy.attempt = attempt;
        copy.maxAttempts = maxAttempts;
        copy.timeoutSeconds = timeoutSeconds;
        copy.progress = progress;
        copy.extras = extras;
        copy.awaits = awaits;
        copy.node = node;
        copy.toolVersion = toolVersion;
        copy.readAt = readAt;
        copy.inputs = inputs;
        copy.waiting = reason;
        return copy.job();
    }

    /**
     * The earliest time at which a job that has not ended may be deleted. Clients of older systems read it as the time of
     * expiry; the time that counts is that after its end.
     *
     * @param runAt not before this time, or null
     */
    public static Instant keptUntil(Instant createdAt, Instant runAt, long ttlSeconds) {
        return (runAt == null || runAt.isBefore(createdAt) ? createdAt : runAt).plusSeconds(ttlSeconds);
    }

    /** True if its error ended it. */
    public boolean endedByError() {
        return status.isByError(errorCode);
    }

    /** Duration of the latest attempt so far, null before its start, never negative. */
    public Duration duration() {
        if (startedAt == null) {
            return null;
        }
        Duration taken = Duration.between(startedAt, completedAt != null ? completedAt : readAt);
        return taken.isNegative() ? Duration.ZERO : taken;
    }
}
