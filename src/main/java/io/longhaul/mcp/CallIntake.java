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
import io.longhaul.traces.Trace;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Makes a job of each call, or finds the job of an earlier call that this one repeats. */
final class CallIntake {
    /** Another call may take a freed key at once, and its job may end as well, so one more try is not always enough. */
    private static final int MOST_TRIES = 5;

    private static final int LONGEST_KEY = 255;

    /** Prefix of the keys that are made from arguments; clients are not likely to choose such a key. */
    private static final String JOINED = "joined call ";

    /** Prefix of the keys that are made from ids of calls. */
    private static final String SENT_AGAIN = "call ";

    private final Intake intake;
    private final JoinedCalls joined;
    private final Times times;
    private final Executor executor;

    /**
     * Times for which ended jobs are kept.
     *
     * @param usual for calls that do not ask for a time
     * @param longest a call may ask for
     */
    record Times(Duration usual, Duration longest) {
        private static final Duration SHORTEST = Duration.ofHours(1);

        /** The time for a wish of a call, in whole hours as over HTTP; null means the usual time. */
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
     * A call of a tool.
     *
     * @param tool the called tool
     * @param arguments of the tool
     * @param caller becomes the owner of the job
     * @param trace trace that the job continues
     * @param wanted wishes of the call for its job
     */
    record Call(RegisteredTool tool, ObjectNode arguments, Caller caller, Trace trace, Wanted wanted) {
        /**
         * Wishes of a call for its job.
         *
         * @param ttlMillis time for which the job is kept after its end, or null
         * @param key idempotency key: calls with the same key share one job; or null
         * @param id id by which the client repeats this very call after a lost connection, or null
         */
        record Wanted(JsonNode ttlMillis, String key, String id) {}

        /** True if other calls may wait for the same job; then no single client may cancel it by leaving. */
        boolean isShared() {
            return wanted.key() != null || joins();
        }

        /** True if a key was made from the id that its client gave it. */
        boolean isKnownById() {
            return wanted.id() != null && !isShared();
        }

        /** True if a client cancels the job by leaving. */
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

    /** The wishes of a request for its job. */
    static Call.Wanted wanted(RpcMessage message, JsonNode ttlMillis) {
        return new Call.Wanted(
                ttlMillis,
                key(message, LonghaulNames.IDEMPOTENCY_KEY, LONGEST_KEY),
                key(message, LonghaulNames.CALL, LONGEST_KEY - SENT_AGAIN.length()));
    }

    /** A key in the {@code _meta} of a request, or null. */
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
     * Makes the job of a call. The job is committed when the returned stage completes.
     *
     * @throws SubmissionRejected if the call cannot become a job; the stage may fail with it, too
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

    /** True if this call may be answered by the job of an earlier one: it has not ended, or was completed recently. */
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
        String key = key(call, ttl, arguments);
        Submission submission =
                new Submission(call.tool().name(), arguments, call.trace().traceId(), ttl, 0, null, null, null, key);
        return call.caller().own(submission.under(call.trace().kept()));
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
