package io.longhaul.api;

import io.longhaul.jobs.BatchQueries;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;

/** One batch: how far its jobs are. */
@Path("/v1/batches/{id}")
@Produces(MediaType.APPLICATION_JSON)
public final class BatchResource {
    private final BatchQueries queries;

    /**
     * Wires it.
     *
     * @param queries reads batches
     */
    public BatchResource(BatchQueries queries) {
        this.queries = queries;
    }

    /**
     * Shows a batch with its jobs counted; {@code GET /v1/jobs?batch_id=} lists them.
     *
     * @param id the batch
     * @return the batch; 404 if there is none of this id
     */
    @Operation(
            id = "getBatch",
            tag = "Batches",
            replies = {@Reply(means = "The batch.", body = BatchRepresentation.class)},
            errors = {ErrorCode.BATCH_NOT_FOUND})
    @GET
    public Object show(@PathParam("id") String id) {
        return JobResource.parse(id)
                .flatMap(queries::find)
                .map(BatchRepresentation::of)
                .orElseThrow(
                        () -> Refusal.of(ErrorCode.BATCH_NOT_FOUND, "Batch " + JobResource.shown(id) + " not found.")
                                .thrown());
    }
}
