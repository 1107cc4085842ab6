package io.longhaul.api.workers;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.remote.RemoteConfiguration;
import io.longhaul.remote.Stop;
import java.util.List;
import java.util.UUID;

/**
 * What a worker hears that tells that it lives.
 *
 * @param leaseSeconds how long it may be silent from now on
 * @param heartbeatSeconds how often it should tell
 * @param stop the attempts that it must stop
 */
@JsonNaming(SnakeCaseStrategy.class)
record HeartbeatAnswer(long leaseSeconds, long heartbeatSeconds, List<StopAnswer> stop) {
    /**
     * An attempt to be stopped.
     *
     * @param jobId the job
     * @param attempt the attempt
     * @param reason {@code CANCELLED}, {@code TIMEOUT} or {@code LEASE_LOST}
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record StopAnswer(
            UUID jobId,
            int attempt,

            @Shape(values = {"CANCELLED", "TIMEOUT", "LEASE_LOST"})
            String reason) {}

    static HeartbeatAnswer of(RemoteConfiguration configuration, List<Stop> stops) {
        return new HeartbeatAnswer(
                configuration.lease().toSeconds(),
                configuration.heartbeat().toSeconds(),
                stops.stream()
                        .map(stop -> new StopAnswer(stop.jobId(), stop.attempt(), stop.reason()))
                        .toList());
    }
}
