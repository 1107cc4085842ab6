package io.longhaul.api.workers;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.remote.GivenJob;
import io.longhaul.remote.RemoteConfiguration;
import io.longhaul.remote.RemoteWorkers;
import io.longhaul.tools.TraceParent;
import java.util.List;
import java.util.UUID;

/**
 * What a claim brought.
 *
 * @param workerId the worker's run
 * @param workerToken what it names itself by from now on; left out when it is known
 * @param leaseSeconds how long it may be silent before its jobs go to others
 * @param heartbeatSeconds how often it should tell that it lives
 * @param jobs in the order in which they are to start; may be none
 */
@JsonNaming(SnakeCaseStrategy.class)
record ClaimAnswer(
        long workerId,
        @JsonInclude(JsonInclude.Include.NON_NULL) String workerToken,
        long leaseSeconds,
        long heartbeatSeconds,
        List<JobToDo> jobs) {
    /**
     * A job for a worker.
     *
     * @param jobId the job
     * @param attempt 1 for the first; never given out twice for a job
     * @param url where to tell of the attempt: {@code /progress}, {@code /logs}, {@code /complete}, {@code /fail} and
     *     {@code /release} follow
     * @param tool name of the tool
     * @param version of the tool, or null
     * @param params JSON
     * @param traceId the job's trace
     * @param traceparent the same as a header, or null
     * @param timeoutSeconds how long the attempt may take; after that it is ended without the worker
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record JobToDo(
            UUID jobId,
            int attempt,
            String url,
            String tool,
            String version,
            @JsonRawValue String params,
            String traceId,
            String traceparent,
            double timeoutSeconds) {
        static JobToDo of(GivenJob given) {
            ClaimedJob job = given.job();
            UUID id = job.lease().jobId();
            return new JobToDo(
                    id,
                    job.lease().attempt(),
                    "/v1/workers/jobs/" + id + "/attempts/" + job.lease().attempt(),
                    job.tool(),
                    given.version(),
                    job.params(),
                    job.traceId(),
                    TraceParent.of(job.traceId()).orElse(null),
                    given.timeout().toMillis() / 1000.0);
        }
    }

    static ClaimAnswer of(RemoteWorkers.Registered worker, RemoteConfiguration configuration, List<GivenJob> jobs) {
        return new ClaimAnswer(
                worker.worker().id(),
                worker.token(),
                configuration.lease().toSeconds(),
                configuration.heartbeat().toSeconds(),
                jobs.stream().map(JobToDo::of).toList());
    }
}
