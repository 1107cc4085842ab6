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
     * What clients see of this tool.
     *
     * @return the same description at every call
     */
    ToolDescription description();

    /**
     * Does the work and blocks until it is done.
     *
     * <p>When the call is to end early (cancelled, over its deadline, lease lost, node stopping), the
     * actions registered with {@link ToolCall#onCancel} run and the thread is interrupted; the tool must
     * then stop what it does and return or throw within a few seconds. What it answers then is dropped.
     *
     * @param call params, identity and the way to report progress
     * @return the result, or a failure with its kind
     * @throws InterruptedException when interrupted by the end of the call
     * @throws Exception anything else is a failure of kind {@link FailureKind#TOOL_ERROR}
     */
    ToolResult call(ToolCall call) throws Exception;

    /**
     * How long a call may take to stop, once it was told to. One that takes longer is left behind: its slot is given to
     * others, and what it answers is dropped.
     *
     * @return at least the few seconds that every tool has
     */
    default Duration stopTime() {
        return Duration.ofSeconds(15);
    }
}
