package io.longhaul.mcp;

import io.longhaul.jobs.control.Cancellation;
import io.longhaul.loops.PollingLoop;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Cancels the jobs of clients that have closed the streams of their calls. Nobody comes back to cancel them, so each is tried
 * until the database has answered.
 */
final class AbandonedCalls {
    /** How long it is until what failed is tried again. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Cancellation cancellation;
    private final Set<UUID> jobs = ConcurrentHashMap.newKeySet();
    private final PollingLoop loop = new PollingLoop("mcp-abandoned", this::cancel, Duration.ZERO, AGAIN);

    AbandonedCalls(Cancellation cancellation) {
        this.cancellation = cancellation;
    }

    void start() {
        loop.start();
    }

    void stop() {
        loop.stop();
    }

    void add(UUID job) {
        jobs.add(job);
        loop.lookSoon();
    }

    private void cancel() {
        jobs.forEach(job -> {
            try {
                cancel(job);
                jobs.remove(job);
            } catch (RuntimeException e) {
                McpServer.LOG.debug("Job {} could not be cancelled yet: its client has closed the stream", job, e);
            }
        });
    }

    private void cancel(UUID job) {
        boolean isCancelled = cancellation
                .cancel(job)
                .filter(Cancellation.Answer.CANCELLED::equals)
                .isPresent();
        if (isCancelled) {
            McpServer.LOG.info("Job {} is cancelled: its client has closed the stream", job);
        }
    }
}
