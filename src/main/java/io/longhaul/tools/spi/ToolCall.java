package io.longhaul.tools.spi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * One call of a tool: its params, who asks, and the way to report back while it runs. Safe for use by many threads, for
 * a tool may report from another one than it was called on; what is reported after the call has ended is dropped.
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
     * Which attempt of the job this is.
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
     * Says how far the work is. Cheap: reports are coalesced, so call it as often as you like.
     *
     * @param fraction 0.0 to 1.0; values outside are clamped, NaN means unknown
     * @param message what is being done now, or null to keep the last one
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
     * Waits until the server has room in memory for a large result. A tool that knows how large its result will be says so
     * before it builds it; then many that end at the same moment take turns.
     *
     * @param bytes about how large the result is
     * @throws InterruptedException when the call is to end early
     */
    default void makeRoom(long bytes) throws InterruptedException {}

    /**
     * Whether the call is to end early.
     *
     * @return true once the result is no longer wanted
     */
    boolean isCancelled();

    /**
     * Whether the call is to end early although somebody wants its result, because its node stops or it waits for an answer
     * for too long: another attempt follows, and may go on with what somebody outside works on.
     *
     * @return false as long as {@link #isCancelled} is false, and where nobody wants the result any more
     */
    default boolean isGivenBack() {
        return false;
    }

    /**
     * Registers what stops the work: kill the process, abort the request. Runs once, on another thread,
     * when the call is to end early; at once if that was already so. The calling thread is interrupted
     * too, shortly before or after.
     *
     * @param action must not block for long
     */
    void onCancel(Runnable action);
}
