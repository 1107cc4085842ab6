package io.longhaul.console;

import io.dropwizard.lifecycle.Managed;
import io.longhaul.loops.PollingLoop;
import io.longhaul.readiness.Condition;
import io.longhaul.readiness.Readiness;
import java.time.Duration;
import java.util.List;

/** Tells when what pages show at their top has changed. It asks no database, because that may be what is missing. */
public final class ReadinessNews implements Managed {
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Readiness readiness;
    private final Runnable changed;
    private final PollingLoop loop = new PollingLoop("console-readiness", this::look, Duration.ZERO, EVERY);
    private List<Seen> before;

    /**
     * A condition that pages show. The messages of those that only need a look may hold figures that change all the time.
     */
    private record Seen(String code, String message, String cure) {
        static Seen of(Condition condition) {
            return condition.ok()
                    ? new Seen(condition.errorCode(), null, null)
                    : new Seen(condition.errorCode(), condition.message(), condition.cure());
        }
    }

    /** @param changed called after each change */
    public ReadinessNews(Readiness readiness, Runnable changed) {
        this.readiness = readiness;
        this.changed = changed;
    }

    @Override
    public void start() {
        loop.start();
    }

    @Override
    public void stop() {
        loop.stop();
    }

    private void look() {
        List<Seen> now = readiness.current().conditions().stream()
                .filter(condition -> condition.errorCode() != null)
                .map(Seen::of)
                .toList();
        boolean differs = before != null && !before.equals(now);
        before = now;
        if (differs) {
            changed.run();
        }
    }
}
