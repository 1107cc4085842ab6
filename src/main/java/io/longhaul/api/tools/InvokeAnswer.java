package io.longhaul.api.tools;

import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.errors.Committed;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import java.util.UUID;

/** What {@code POST /v1/mcp/invoke} answers once the tool was given the work. */
@JsonNaming(SnakeCaseStrategy.class)
sealed interface InvokeAnswer {
    /**
     * The tool is done.
     *
     * @param ok true
     * @param tool its name
     * @param result JSON of any type
     * @param traceId trace of the job
     * @param jobId the job
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Done(boolean ok, String tool, @JsonRawValue String result, String traceId, UUID jobId)
            implements InvokeAnswer, Committed.Partial {

        /** The same where the result cannot be shown. */
        @Override
        public NotDone withoutResult() {
            return new NotDone(
                    false,
                    "STILL_RUNNING",
                    "The job has ended, and its result cannot be shown here. It is at /v1/jobs/" + jobId + ".",
                    traceId,
                    tool,
                    jobId,
                    JobStatus.COMPLETED.label());
        }
    }

    /**
     * There is no result.
     *
     * @param ok false
     * @param errorCode the tool's, {@code CANCELLED}, or {@code STILL_RUNNING} when the wait was too short
     * @param message for people
     * @param traceId trace of the job
     * @param tool its name
     * @param jobId the job
     * @param status where the job stands
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record NotDone(
            boolean ok,
            String errorCode,
            String message,
            String traceId,
            String tool,
            UUID jobId,

            @Shape(values = {"pending", "running", "completed", "failed", "cancelled"})
            String status)
            implements InvokeAnswer {}

    static InvokeAnswer of(Job job) {
        return switch (job.status()) {
            case COMPLETED -> new Done(true, job.tool(), job.result(), job.traceId(), job.id());
            case FAILED -> notDone(job, job.errorCode() == null ? "TOOL_ERROR" : job.errorCode(), job.errorMessage());
            case CANCELLED -> notDone(job, "CANCELLED", "The job was cancelled.");
            case PENDING, RUNNING ->
                notDone(
                        job,
                        "STILL_RUNNING",
                        "The job has not ended yet. Its result will be at /v1/jobs/" + job.id() + ".");
        };
    }

    private static NotDone notDone(Job job, String code, String message) {
        return new NotDone(
                false,
                code,
                message,
                job.traceId(),
                job.tool(),
                job.id(),
                job.status().label());
    }
}
