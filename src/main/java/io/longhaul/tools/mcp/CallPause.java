package io.longhaul.tools.mcp;

import io.longhaul.tools.spi.ToolCall;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Pauses during a call, which end early when the call is cancelled. */
final class CallPause {
    private final CountDownLatch cancelled = new CountDownLatch(1);

    CallPause(ToolCall call) {
        call.onCancel(cancelled::countDown);
    }

    /**
     * Waits.
     *
     * @throws InterruptedException if the call is cancelled
     */
    void await(Duration pause) throws InterruptedException {
        if (cancelled.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException("cancelled");
        }
    }
}
