package io.longhaul.api.batches;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SequenceWriter;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Preference;
import io.longhaul.ops.access.Role;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.InputStream;
import java.net.URI;
import java.util.List;

/** Submits jobs together. */
@Path("/v1/jobs/batch")
@Produces(MediaType.APPLICATION_JSON)
public final class BatchesResource {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BatchSubmissions submissions;
    private final JobLines lines;

    /**
     * Wires it.
     *
     * @param submissions takes batches in
     * @param lines takes jobs in that come as lines
     */
    public BatchesResource(BatchSubmissions submissions, JobLines lines) {
        this.lines = lines;
        this.submissions = submissions;
    }

    /**
     * Submits up to 1,000 jobs in one transaction. They are committed when this answers.
     *
     * @param body {@code {jobs: [...], atomic}}: each job as for {@code POST /v1/jobs}; atomic, the default, stores all
     *     or none, otherwise what can be accepted is
     * @param request its headers {@code Idempotency-Key}, from which jobs without a key of their own get one by their
     *     place, {@code traceparent}, and {@code Prefer: return=minimal} for ids in place of jobs
     * @return 201 with {@code {batch_id, created, replayed, rejected, results: [{index, status, job | job_id | error}]}} if at
     *     least one job is new, else 200 with the same; 400, 413, 415, 422, 429 or 503
     */
    @Operation(
            id = "submitBatch",
            tag = "Batches",
            headers = {Header.IDEMPOTENCY_KEY, Header.PREFER, Header.TRACEPARENT},
            body = Requests.BatchRequest.class,
            replies = {
                @Reply(
                        status = 201,
                        means = "At least one job is new.",
                        body = BatchAnswer.class,
                        headers = {Header.LOCATION, Header.PREFERENCE_APPLIED, Header.VARY}),
                @Reply(
                        means = "No job is new.",
                        body = BatchAnswer.class,
                        headers = {Header.LOCATION, Header.PREFERENCE_APPLIED, Header.VARY})
            },
            errors = {ErrorCode.TOOL_FORBIDDEN, ErrorCode.INVALID_BATCH, ErrorCode.OVERLOADED, ErrorCode.QUEUE_FULL})
    @POST
    @RequiresRole(Role.SUBMIT)
    @Consumes(MediaType.APPLICATION_JSON)
    public Response submit(InputStream body, @Context HttpServletRequest request) {
        BatchAnswer answer = submissions.submit(body, request);
        Response.ResponseBuilder response =
                Response.status(answer.created() > 0 ? Response.Status.CREATED : Response.Status.OK);
        if (answer.batchId() != null) {
            response.location(URI.create("/v1/batches/" + answer.batchId()));
        }
        if (Preference.of(request).minimal()) {
            response.header(Preference.APPLIED, Preference.MINIMAL);
        }
        response.header(HttpHeaders.VARY, Preference.HEADER);
        return response.entity(answer).build();
    }

    /**
     * Submits a job for each line of the body, of any length up to 100,000 lines. Each part of 500 is committed while the
     * rest is still on its way.
     *
     * @param body JSON objects as for {@code POST /v1/jobs}, one on each line
     * @param request its headers {@code Idempotency-Key}, from which jobs without a key of their own get one by their
     *     place, and {@code traceparent}
     * @return 201 if at least one job is new, else 200, with {@code {index, status, job_id | error}} on a line for each;
     *     415, 422, 429 or 503: what was committed before stays, so send the same again under the same key
     */
    @Operation(
            id = "submitLines",
            tag = "Batches",
            headers = {Header.IDEMPOTENCY_KEY, Header.TRACEPARENT},
            body = Requests.JobRequest.class,
            replies = {
                @Reply(
                        status = 201,
                        means = "At least one job is new.",
                        body = JobLines.Result.class,
                        type = JsonBodies.LINES),
                @Reply(means = "No job is new.", body = JobLines.Result.class, type = JsonBodies.LINES)
            },
            errors = {ErrorCode.OVERLOADED, ErrorCode.QUEUE_FULL})
    @POST
    @RequiresRole(Role.SUBMIT)
    @Consumes(JsonBodies.LINES)
    @Produces(JsonBodies.LINES)
    public Response submitLines(InputStream body, @Context HttpServletRequest request) {
        List<JobLines.Result> results = lines.submit(body, request);
        boolean any = results.stream().anyMatch(result -> result.status().equals(BatchAnswer.CREATED));
        StreamingOutput written = out -> {
            try (SequenceWriter writer = JSON.writerFor(JobLines.Result.class)
                    .withRootValueSeparator("\n")
                    .without(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                    .writeValues(out)) {
                writer.writeAll(results);
            }
        };
        return Response.status(any ? Response.Status.CREATED : Response.Status.OK)
                .entity(written)
                .build();
    }
}
