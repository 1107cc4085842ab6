package io.longhaul.tools.spi;

import java.time.Duration;

/**
 * Something that can be run as a job.
 *
 * <p>One instance serves all calls of a node and must be safe for use by many threads. A tool knows
 * nothing of jobs, queues or the database: it gets a {@link ToolCall} and answers a {@link ToolResult}.
 */
public interface Tool {
    /**
     * The description of this tool for clients.
     *
     * @return the same description at every call
     */
    ToolDescription description();

    /**
     * Does the work and blocks until it is done.
     *
     * <p>When the call is to end early (cancelled, over its deadline, lease lost, node stopping), the
     * actions registered with {@link ToolCall#onCancel} run and the thread is interrupted; the tool must
     * then stop its work and return or throw within a few seconds. Its answer is dropped then.
     *
     * @param call params, identity and the way to report progress
     * @return the result, or a failure with its kind
     * @throws InterruptedException when interrupted by the end of the call
     * @throws Exception anything else is a failure of kind {@link FailureKind#TOOL_ERROR}
     */
    ToolResult call(ToolCall call) throws Exception;

    /**
     * Upper bound on the time that a call takes to stop after it was asked to. A call that takes longer is abandoned: its slot
     * is given to other jobs, and its answer is dropped.
     *
     * @return at least a few seconds
     */
    default Duration stopTime() {
        return Duration.ofSeconds(15);
    }
}
