package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.jobs.sql.JoinedCalls;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.LonghaulNames;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import io.longhaul.tools.RegisteredTool;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Makes jobs of calls, or finds the job of an earlier call that this one repeats. */
final class CallIntake {
    /** A key that was freed may be taken by another call at once, and that job may end and be left as well. */
    private static final int MOST_TRIES = 5;

    private static final int LONGEST_KEY = 255;

    /** Before the keys that are made of calls; no client is likely to choose such a key. */
    private static final String JOINED = "joined call ";

    private static final String SENT_AGAIN = "call ";

    private final Intake intake;
    private final JoinedCalls joined;
    private final Times times;
    private final Executor executor;

    /**
     * How long jobs are kept.
     *
     * @param usual unless a call says otherwise
     * @param longest that a call may ask for
     */
    record Times(Duration usual, Duration longest) {
        private static final Duration SHORTEST = Duration.ofHours(1);

        /** In whole hours, as over HTTP; null for the usual time. */
        Duration of(JsonNode wantedMillis) {
            if (wantedMillis == null || !wantedMillis.isNumber()) {
                return usual;
            }
            Duration wanted = Duration.ofHours((long)
                    Math.ceil(Math.min(wantedMillis.asDouble(), (double) longest.toMillis()) / SHORTEST.toMillis()));
            return wanted.compareTo(SHORTEST) < 0 ? SHORTEST : wanted.compareTo(longest) > 0 ? longest : wanted;
        }
    }

    /**
     * A call.
     *
     * @param tool that is called
     * @param arguments for it
     * @param caller who calls
     * @param traceId of the call
     * @param wanted what it says of its job
     */
    record Call(RegisteredTool tool, ObjectNode arguments, Caller caller, String traceId, Wanted wanted) {
        /**
         * What a call says of its job.
         *
         * @param ttlMillis how long it is to be kept, or null
         * @param key what makes a repeated call the same, or null
         * @param id what makes it the same when its client sends it again, or null
         */
        record Wanted(JsonNode ttlMillis, String key, String id) {}

        /** Whether others may wait for the same job, so that no single one of them calls it off. */
        boolean isShared() {
            return wanted.key() != null || joins();
        }

        /** Whether a client that leaves means that it wants the job no longer. */
        boolean endsWithItsClient() {
            return !isShared() && wanted.id() == null;
        }

        private boolean joins() {
            return !tool.policy().mcp().join().isZero();
        }
    }

    CallIntake(Intake intake, JoinedCalls joined, Times times, Executor executor) {
        this.intake = intake;
        this.joined = joined;
        this.times = times;
        this.executor = executor;
    }

    /** What a request says of the job that it wants. */
    static Call.Wanted wanted(RpcMessage message, JsonNode ttlMillis) {
        return new Call.Wanted(
                ttlMillis,
                key(message, LonghaulNames.IDEMPOTENCY_KEY, LONGEST_KEY),
                key(message, LonghaulNames.CALL, LONGEST_KEY - SENT_AGAIN.length()));
    }

    /** A key that a request sends along, or null. */
    private static String key(RpcMessage message, String name, int longest) {
        JsonNode key = message.meta().path(name);
        if (key.isMissingNode() || key.isNull()) {
            return null;
        }
        String text = key.isTextual() ? key.textValue() : "";
        boolean storable = !text.isEmpty()
                && text.codePointCount(0, text.length()) <= longest
                && text.codePoints()
                        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (!storable) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Invalid params: _meta[\"" + name + "\"] must have 1 to " + longest
                            + " characters, none of them a control character.");
        }
        return text;
    }

    /**
     * Takes a call; its job is committed when the answer is there.
     *
     * @throws SubmissionRejected if it cannot become a job, which may also be how the answer fails
     */
    CompletionStage<Submitted> take(Call call) throws SubmissionRejected {
        return take(call, 1);
    }

    private CompletionStage<Submitted> take(Call call, int tries) throws SubmissionRejected {
        Submission submission = submission(call);
        CompletableFuture<Submitted> submitted = intake.begin(submission, executor);
        if (call.wanted().key() != null || !call.joins()) {
            return submitted;
        }
        return submitted.thenCompose(found -> {
            if (!found.replayed() || answers(found.job(), call) || tries == MOST_TRIES) {
                return CompletableFuture.completedFuture(found);
            }
            joined.free(found.job().id(), submission.idempotencyKey());
            return again(call, tries + 1);
        });
    }

    private CompletionStage<Submitted> again(Call call, int tries) {
        try {
            return take(call, tries);
        } catch (SubmissionRejected e) {
            throw new CompletionException(e);
        }
    }

    /** Whether the job of an earlier call does for this one: it still runs, or has been completed of late. */
    private static boolean answers(Job job, Call call) {
        return !job.status().isFinal()
                || (job.status() == JobStatus.COMPLETED
                        && job.completedAt() != null
                        && job.completedAt()
                                .plus(call.tool().policy().mcp().join())
                                .isAfter(job.readAt()));
    }

    private Submission submission(Call call) throws SubmissionRejected {
        String arguments = Json.sorted(call.arguments());
        Duration ttl = times.of(call.wanted().ttlMillis());
        Submission submission = new Submission(
                call.tool().name(), arguments, call.traceId(), ttl, 0, null, null, null, key(call, ttl, arguments));
        return call.caller().own(submission);
    }

    private static String key(Call call, Duration ttl, String arguments) {
        if (call.wanted().key() != null) {
            return call.wanted().key();
        }
        if (call.joins()) {
            return JOINED + sha256(call.tool().name() + "\n" + ttl + "\n" + arguments);
        }
        return call.wanted().id() == null ? null : SENT_AGAIN + call.wanted().id();
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has SHA-256", e);
        }
    }
}
