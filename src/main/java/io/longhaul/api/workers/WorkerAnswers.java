package io.longhaul.api.workers;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Outcome;
import io.longhaul.questions.StoredQuestion;
import io.longhaul.tools.spi.Answer;
import io.longhaul.traces.JobTrace;
import io.longhaul.workers.remote.GivenJob;
import io.longhaul.workers.remote.RemoteConfiguration;
import io.longhaul.workers.remote.RemoteTools;
import io.longhaul.workers.remote.RemoteWorkers;
import io.longhaul.workers.remote.Stop;
import java.util.List;
import java.util.UUID;

/** Answers of the worker protocol. */
final class WorkerAnswers {
    private WorkerAnswers() {}

    /**
     * A registered worker.
     *
     * @param workerId id of this run of the worker
     * @param workerToken token to send from now on
     * @param leaseSeconds time after which its jobs go to others if it sends nothing
     * @param heartbeatSeconds interval in which to send heartbeats
     * @param tools the tools it brought
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record WorkerAnswer(
            long workerId, String workerToken, long leaseSeconds, long heartbeatSeconds, List<BroughtTool> tools) {
        /**
         * A tool that a worker brought.
         *
         * @param name its name
         * @param version its version, or null
         * @param definedBy source of the definition that this node uses: the worker, or a configuration file
         */
        @JsonNaming(SnakeCaseStrategy.class)
        record BroughtTool(String name, String version, String definedBy) {}

        static WorkerAnswer of(
                RemoteWorkers.Registered worker, RemoteConfiguration configuration, List<ToolDefinition> brought) {
            return new WorkerAnswer(
                    worker.worker().id(),
                    worker.token(),
                    configuration.lease().toSeconds(),
                    configuration.heartbeat().toSeconds(),
                    brought.stream().map(WorkerAnswer::tool).toList());
        }

        private static BroughtTool tool(ToolDefinition brought) {
            return new BroughtTool(
                    brought.tool().name(),
                    brought.tool().policy().version(),
                    brought.configuredIn() == null ? RemoteTools.ORIGIN : brought.configuredIn());
        }
    }

    /**
     * The answer to a claim.
     *
     * @param workerId id of this run of the worker
     * @param workerToken token to send from now on; left out if the request had a valid one
     * @param leaseSeconds time after which its jobs go to others if it sends nothing
     * @param heartbeatSeconds interval in which to send heartbeats
     * @param jobs the jobs, in the order in which to start them; may be empty
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
         * @param attempt 1 for the first; each attempt of a job is given out once
         * @param url path for reports of the attempt: append {@code /progress}, {@code /logs}, {@code /complete}, {@code /fail} or
         *     {@code /release}
         * @param tool name of the tool
         * @param version of the tool, or null
         * @param params JSON
         * @param traceId the job's trace
         * @param traceparent the same as a {@code traceparent} header, or null
         * @param timeoutSeconds longest duration of the attempt; afterwards the server ends it
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
                        new JobTrace(job.traceId(), job.traceSpan()).header().orElse(null),
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

    /**
     * The answer to a heartbeat.
     *
     * @param leaseSeconds time after which its jobs go to others if it sends nothing
     * @param heartbeatSeconds interval in which to send heartbeats
     * @param stop the attempts that it must stop
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record HeartbeatAnswer(long leaseSeconds, long heartbeatSeconds, List<StopAnswer> stop) {
        /**
         * An attempt to stop.
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

    /**
     * A question of an attempt.
     *
     * @param key names the question
     * @param action what somebody did with it: accept, decline or cancel; null without an answer
     * @param content the answer; null unless action is accept
     * @param expired whether its time is over without an answer
     * @param expiresAt until when it can be answered
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record QuestionAnswer(String key, String action, JsonNode content, boolean expired, String expiresAt) {
        static QuestionAnswer of(StoredQuestion question) {
            Answer answer = question.answer();
            return new QuestionAnswer(
                    question.row().key(),
                    answer == null ? null : answer.action().label(),
                    answer == null || !answer.isAccepted() ? null : answer.content(),
                    question.row().expired(),
                    Times.iso(question.row().expiresAt()));
        }
    }

    /**
     * The result of an attempt.
     *
     * @param status {@code completed}, {@code failed}, {@code retry} when another attempt follows, or {@code released}
     * @param errorCode code of its error, or null
     * @param message its error for people, or null
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record AttemptAnswer(
            @Shape(values = {"completed", "failed", "retry", "released"})
            String status,

            String errorCode,
            String message) {
        static AttemptAnswer of(Outcome outcome) {
            if (outcome instanceof Outcome.Failed failed) {
                return new AttemptAnswer("failed", failed.errorCode(), failed.errorMessage());
            }
            if (outcome instanceof Outcome.RetryLater retry) {
                return new AttemptAnswer("retry", retry.errorCode(), retry.errorMessage());
            }
            return new AttemptAnswer(outcome instanceof Outcome.Completed ? "completed" : "released", null, null);
        }
    }
}
