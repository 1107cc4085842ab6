package io.longhaul.api.tools;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.description.Shape;
import io.longhaul.api.errors.Committed;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.intake.Submissions;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.api.longpoll.JobWaits;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.control.PausedTools;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.spi.ToolDescription;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;

/** Lists tools, and runs one while the caller waits. */
@Path("/v1/mcp")
@Produces(MediaType.APPLICATION_JSON)
public final class ToolsResource {
    private final ToolRegistry tools;
    private final PausedTools paused;
    private final Submissions submissions;
    private final JobWaits waits;
    private final Duration longestWait;

    public ToolsResource(
            ToolRegistry tools, PausedTools paused, Submissions submissions, JobWaits waits, Duration longestWait) {
        this.tools = tools;
        this.paused = paused;
        this.submissions = submissions;
        this.waits = waits;
        this.longestWait = longestWait;
    }

    /**
     * A tool.
     *
     * @param name its name
     * @param description for people and models
     * @param inputSchema JSON Schema of its params
     * @param version version, which its jobs record as {@code tool_version}; null and left out without one
     * @param paused whether it is paused: no jobs are claimed
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record ToolRepresentation(
            String name,
            String description,
            JsonNode inputSchema,
            @JsonInclude(JsonInclude.Include.NON_NULL) String version,
            boolean paused) {
        static ToolRepresentation of(RegisteredTool registered, boolean paused) {
            ToolDescription tool = registered.description();
            return new ToolRepresentation(
                    tool.name(),
                    tool.description(),
                    tool.paramsSchema(),
                    registered.policy().version(),
                    paused);
        }
    }

    /**
     * All tools.
     *
     * @param tools sorted by name
     */
    record ToolList(List<ToolRepresentation> tools) {}

    /** Lists the tools that the caller may use. */
    @Operation(
            id = "listTools",
            tag = "Tools",
            replies = {@Reply(means = "The tools.", body = ToolList.class)})
    @GET
    @RequiresRole(Role.READ)
    @Path("/tools")
    public Object list(@Context HttpServletRequest request) {
        Principal principal = Principal.of(request);
        return new ToolList(tools.list().stream()
                .filter(tool -> principal.mayUse(tool.name()))
                .map(tool ->
                        ToolRepresentation.of(tool, paused.find(tool.name()).isPresent()))
                .toList());
    }

    /** Runs a tool as a job and waits for its end. */
    @Operation(
            id = "invokeTool",
            tag = "Tools",
            headers = {Header.IDEMPOTENCY_KEY, Header.TRACEPARENT},
            body = Requests.JobRequest.class,
            replies = {
                @Reply(
                        means = "How the job ended.",
                        body = {InvokeAnswer.Done.class, InvokeAnswer.NotDone.class},
                        headers = {Header.LOCATION, Header.IDEMPOTENCY_REPLAYED}),
                @Reply(
                        status = 202,
                        means = "The job goes on; Location is where to ask.",
                        body = InvokeAnswer.NotDone.class,
                        headers = {Header.LOCATION, Header.IDEMPOTENCY_REPLAYED, Header.RETRY_AFTER})
            },
            submits = true,
            errors = {ErrorCode.UNKNOWN_PREDECESSOR})
    @POST
    @RequiresRole(Role.SUBMIT)
    @Path("/invoke")
    @Consumes(MediaType.APPLICATION_JSON)
    public CompletionStage<Response> invoke(InputStream body, @Context HttpServletRequest request) {
        Submitted submitted = submissions.submit(body, request);
        return waits.ofCommitted(submitted.job(), longestWait)
                .thenApply(job -> Committed.answer(
                        () -> answer(job, submitted.replayed()), () -> answer(submitted.job(), submitted.replayed())));
    }

    private static Response answer(Job job, boolean replayed) {
        Response.ResponseBuilder answer =
                job.status().isFinal() ? Response.ok() : Response.accepted().header(HttpHeaders.RETRY_AFTER, 1);
        if (replayed) {
            answer.header(Header.REPLAYED, true);
        }
        return answer.location(JobResource.location(job))
                .entity(InvokeAnswer.of(job))
                .build();
    }

    /** Answers of {@code POST /v1/mcp/invoke} to an accepted request. */
    @JsonNaming(SnakeCaseStrategy.class)
    sealed interface InvokeAnswer {
        /**
         * The tool has completed.
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

            /** For a result that cannot be written. */
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
         * @param errorCode the job's error code, {@code CANCELLED}, or {@code STILL_RUNNING} if the wait was too short
         * @param message for people
         * @param traceId trace of the job
         * @param tool its name
         * @param jobId the job
         * @param status the job's status
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
            if (job.endedByError()) {
                return notDone(job, job.errorCode() == null ? "TOOL_ERROR" : job.errorCode(), job.errorMessage());
            }
            return switch (job.status()) {
                case COMPLETED -> new Done(true, job.tool(), job.result(), job.traceId(), job.id());
                case FAILED, CANCELLED -> notDone(job, "CANCELLED", "The job was cancelled.");
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
}
