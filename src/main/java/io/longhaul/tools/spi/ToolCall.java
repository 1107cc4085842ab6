package io.longhaul.tools.spi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One call of a tool: its params, its job, and methods to report progress while it runs. Safe for use by many threads, because
 * a tool may report from other threads than the one it was called on. Reports after the end of the call are dropped.
 */
public interface ToolCall {
    /**
     * The job this call works on, a UUID in text form. It is the same for every attempt, so it serves as
     * an idempotency key downstream.
     *
     * @return 36 characters
     */
    String jobId();

    /**
     * The number of this attempt of the job.
     *
     * @return 1 for the first
     */
    int attempt();

    /**
     * The trace the job belongs to.
     *
     * @return 32 lower-case hexadecimal digits (W3C Trace Context) or the text the submitter's system used
     */
    String traceId();

    /**
     * What to send as {@code traceparent} (W3C Trace Context) to services that this call uses, so that their spans belong to
     * the job's trace. The same at each time it is asked for.
     *
     * @return nothing if the job's trace is no W3C one
     */
    default Optional<String> traceparent() {
        return Optional.empty();
    }

    /**
     * The params as a tree. Numbers keep every digit they were submitted with.
     *
     * @return params that match the tool's schema
     */
    JsonNode params();

    /**
     * The params as JSON text, for tools that pass them on.
     *
     * @return one JSON value, without a line break
     */
    String paramsJson();

    /**
     * Reports the progress of the work. Cheap: reports are coalesced, so call it as often as you like.
     *
     * @param fraction 0.0 to 1.0; values outside are clamped, NaN means unknown
     * @param message description of the current step, or null to keep the last one
     */
    void progress(double fraction, String message);

    /**
     * Adds a line to the job's log.
     *
     * @param line text without a line break; long lines are cut
     */
    void log(String line);

    /**
     * Asks for input, and waits for the answer. The time does not count against the tool's timeout. An attempt that waits
     * for long is ended like one whose node stops, and another one begins when the answer is there: it gets the answer as
     * soon as it asks the same question again, so a tool asks before it does what must not be done twice.
     *
     * @param question what is asked
     * @return the answer, which may be a refusal
     * @throws InterruptedException when the call is to end early
     * @throws UnansweredException if nobody answers in time
     */
    default Answer ask(Question question) throws InterruptedException {
        try {
            return asking(question).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnansweredException unanswered) {
                throw unanswered;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /**
     * Asks for input without waiting, so that several questions can be open at once. What {@link #ask} says holds here, too.
     *
     * @param question what is asked
     * @return the answer once it is there; fails with an {@link UnansweredException} if nobody answers in time, and never
     *     completes if the call ends early
     * @throws InterruptedException when the call is to end early
     * @throws IllegalArgumentException if the question cannot be asked
     */
    default CompletableFuture<Answer> asking(Question question) throws InterruptedException {
        throw new UnsupportedOperationException("This server passes on no questions of tools.");
    }

    /**
     * Waits until the server has room in memory for a large result. A tool that knows the size of its result calls this
     * before it builds the result; then tools that end at the same moment take turns.
     *
     * @param bytes approximate size of the result
     * @throws InterruptedException when the call is to end early
     */
    default void makeRoom(long bytes) throws InterruptedException {}

    /**
     * True if the call is to end early.
     *
     * @return true once the result is no longer wanted
     */
    boolean isCancelled();

    /**
     * True if the call is to end early although its result is still wanted: its node stops, or it waits too long for an answer.
     * Another attempt follows, and may continue work that goes on outside of this server.
     *
     * @return false while {@link #isCancelled} is false, and if the result is no longer wanted
     */
    default boolean isGivenBack() {
        return false;
    }

    /**
     * Says that the next attempt goes on with the work of this one, which lives outside of this server. A call that is given back
     * without it fails its job if that must not run twice ({@code on_worker_loss: fail}) and its node stops.
     */
    default void handOver() {}

    /**
     * Registers an action that stops the work: kill the process, abort the request. It runs once, on another thread,
     * when the call is to end early; at once if that was already so. The calling thread is interrupted
     * too, shortly before or after.
     *
     * @param action must not block for long
     */
    void onCancel(Runnable action);
}
