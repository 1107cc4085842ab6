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
import io.longhaul.auth.Role;
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

/** Submits many jobs in one request. */
@Path("/v1/jobs/batch")
@Produces(MediaType.APPLICATION_JSON)
public final class BatchesResource {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final BatchSubmissions submissions;
    private final JobLines lines;

    public BatchesResource(BatchSubmissions submissions, JobLines lines) {
        this.lines = lines;
        this.submissions = submissions;
    }

    /**
     * Submits up to 1,000 jobs in one transaction. They are committed when this answers. A job without an idempotency key
     * of its own gets one made of the header's key and the job's position.
     */
    @Operation(
            id = "submitBatch",
            tag = "Batches",
            headers = {Header.KEY_OF_BATCH, Header.PREFER_IDS, Header.TRACEPARENT},
            body = Requests.BatchRequest.class,
            replies = {
                @Reply(
                        status = 201,
                        means = "At least one job is new.",
                        body = BatchAnswer.class,
                        headers = {Header.LOCATION, Header.PREFERENCE_APPLIED, Header.VARY, Header.RETRY_AFTER}),
                @Reply(
                        means = "No job is new.",
                        body = BatchAnswer.class,
                        headers = {Header.LOCATION, Header.PREFERENCE_APPLIED, Header.VARY, Header.RETRY_AFTER})
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
        BatchAnswer.addRetryAfter(response, answer.results().stream().map(BatchAnswer.Result::error));
        return response.entity(answer).build();
    }

    /**
     * Submits a job for each line of the body, up to 100,000 lines. Lines are committed in groups of 500 while the rest is
     * still arriving. A job without an idempotency key of its own gets one made of the header's key and the line's
     * position. After an error, committed jobs stay: send the same body again with the same key.
     */
    @Operation(
            id = "submitLines",
            tag = "Batches",
            headers = {Header.KEY_OF_BATCH, Header.TRACEPARENT},
            body = Requests.JobRequest.class,
            replies = {
                @Reply(
                        status = 201,
                        means = "At least one job is new.",
                        body = JobLines.Result.class,
                        type = JsonBodies.LINES,
                        headers = Header.RETRY_AFTER),
                @Reply(
                        means = "No job is new.",
                        body = JobLines.Result.class,
                        type = JsonBodies.LINES,
                        headers = Header.RETRY_AFTER)
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
        Response.ResponseBuilder response = Response.status(any ? Response.Status.CREATED : Response.Status.OK);
        BatchAnswer.addRetryAfter(response, results.stream().map(JobLines.Result::error));
        return response.entity(written).build();
    }
}
