package io.longhaul.jobs;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;

/** A claimed job of which a test says only what matters to it. */
public final class ClaimedJobBuilder {
    private final String tool;
    private Lease lease = new Lease(UUID.randomUUID(), 1, 1);
    private int failures;
    private Integer maxAttempts;
    private Integer timeoutSeconds;
    private Integer maxLosses;
    private Duration waited = Duration.ZERO;
    private QueuePosition place = new QueuePosition(0, 1);

    private ClaimedJobBuilder(String tool) {
        this.tool = tool;
    }

    public static ClaimedJobBuilder of(String tool) {
        return new ClaimedJobBuilder(tool);
    }

    public ClaimedJobBuilder lease(Lease value) {
        lease = value;
        return this;
    }

    public ClaimedJobBuilder failures(int value) {
        failures = value;
        return this;
    }

    public ClaimedJobBuilder maxAttempts(Integer value) {
        maxAttempts = value;
        return this;
    }

    public ClaimedJobBuilder timeoutSeconds(Integer value) {
        timeoutSeconds = value;
        return this;
    }

    public ClaimedJobBuilder maxLosses(Integer value) {
        maxLosses = value;
        return this;
    }

    public ClaimedJobBuilder waited(Duration value) {
        waited = value;
        return this;
    }

    public ClaimedJobBuilder place(QueuePosition value) {
        place = value;
        return this;
    }

    public ClaimedJob build() {
        return new ClaimedJob(
                lease,
                tool,
                "{}",
                "trace",
                null,
                failures,
                maxAttempts,
                timeoutSeconds,
                Instant.now(),
                waited,
                null,
                maxLosses,
                null,
                place);
    }
}
