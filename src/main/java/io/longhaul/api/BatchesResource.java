package io.longhaul.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;
import java.net.URI;

/** Submits jobs together. */
@Path("/v1/jobs/batch")
@Produces(MediaType.APPLICATION_JSON)
public final class BatchesResource {
    private final BatchSubmissions submissions;

    /**
     * Wires it.
     *
     * @param submissions takes batches in
     */
    public BatchesResource(BatchSubmissions submissions) {
        this.submissions = submissions;
    }

    /**
     * Submits up to 1,000 jobs in one transaction. They are committed when this answers.
     *
     * @param body {@code {jobs: [...], atomic}}: each job as for {@code POST /v1/jobs}; atomic, the default, stores all
     *     or none, otherwise what can be accepted is
     * @param request its headers {@code Idempotency-Key}, from which jobs without a key of their own get one by their
     *     place, and {@code traceparent}
     * @return 201 with {@code {batch_id, created, replayed, rejected, results: [{index, status, job | error}]}} if at
     *     least one job is new, else 200 with the same; 400, 413, 415, 422, 429 or 503
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response submit(InputStream body, @Context HttpServletRequest request) {
        BatchAnswer answer = submissions.submit(body, request);
        Response.ResponseBuilder response =
                Response.status(answer.created() > 0 ? Response.Status.CREATED : Response.Status.OK);
        if (answer.batchId() != null) {
            response.location(URI.create("/v1/batches/" + answer.batchId()));
        }
        return response.entity(answer).build();
    }
}
