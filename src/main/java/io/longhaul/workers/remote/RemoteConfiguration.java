package io.longhaul.workers.remote;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Duration;

/**
 * Settings of the service for workers that claim jobs over HTTP.
 *
 * @param lease the longest silence of a worker before its jobs go to others
 */
public record RemoteConfiguration(Duration lease) {
    private static final Duration LEAST = Duration.ofSeconds(3);
    private static final Duration MOST = Duration.ofMinutes(10);

    /** The settings when nothing is configured. */
    public static final RemoteConfiguration DEFAULT = new RemoteConfiguration(Duration.ofSeconds(30));

    public RemoteConfiguration {
        if (lease.compareTo(LEAST) < 0 || lease.compareTo(MOST) > 0) {
            throw new IllegalArgumentException("remote.lease is " + lease.toMillis()
                    + "ms: write a duration from 3s to 10m; shorter, and a slow network costs workers their jobs");
        }
    }

    @JsonCreator
    static RemoteConfiguration of(@JsonProperty("lease") io.dropwizard.util.Duration lease) {
        return lease == null ? DEFAULT : new RemoteConfiguration(lease.toJavaDuration());
    }

    /** The interval of a worker's heartbeats: a third of its lease. */
    public Duration heartbeat() {
        return lease.dividedBy(3);
    }
}
