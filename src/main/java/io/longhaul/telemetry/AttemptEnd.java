package io.longhaul.telemetry;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Outcome;
import java.time.Duration;

/**
 * An attempt whose outcome was written.
 *
 * @param tool its tool
 * @param traceId the job's trace
 * @param waited time from which the job might have begun until it was claimed
 * @param took time that the attempt took
 */
public record AttemptEnd(String tool, String traceId, Duration waited, Duration took, Outcome outcome) {
    public static AttemptEnd of(ClaimedJob job, Outcome outcome, Duration took) {
        return new AttemptEnd(job.tool(), job.traceId(), job.waited(), took, outcome);
    }

    /** The same with the outcome that was written in place of this one. */
    public AttemptEnd with(Outcome written) {
        return new AttemptEnd(tool, traceId, waited, took, written);
    }
}
