package io.longhaul.workers.run;

import io.longhaul.loops.Deadlines;
import java.time.Duration;
import java.util.concurrent.Future;

/** The time that an attempt has left. It can stand still for several reasons at once. */
final class Countdown {
    private final Deadlines deadlines;
    private final Runnable over;
    private long leftNanos;
    private long runsSinceNanos;
    private int pauses;
    private boolean stopped;
    private Future<?> end;

    /** Begins now; {@code over} runs when no time is left. */
    Countdown(Deadlines deadlines, Duration time, Runnable over) {
        this.deadlines = deadlines;
        this.over = over;
        this.leftNanos = time.toNanos();
        run();
    }

    private void run() {
        runsSinceNanos = System.nanoTime();
        end = deadlines.after(Duration.ofNanos(Math.max(0, leftNanos)), over);
    }

    synchronized void pause() {
        if (pauses++ == 0 && !stopped) {
            end.cancel(false);
            leftNanos -= System.nanoTime() - runsSinceNanos;
        }
    }

    /** To be called once for each {@link #pause}. */
    synchronized void resume() {
        if (--pauses == 0 && !stopped) {
            run();
        }
    }

    synchronized void stop() {
        stopped = true;
        end.cancel(false);
    }
}
