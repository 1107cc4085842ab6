package io.longhaul.tools.spi;

import com.fasterxml.jackson.databind.JsonNode;

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
     * Whether the call is to end early because its node stops: another attempt begins soon, and may go on with what somebody
     * outside works on.
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
