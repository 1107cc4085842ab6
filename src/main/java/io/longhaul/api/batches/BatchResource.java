package io.longhaul.api.batches;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.Preference;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Times;
import io.longhaul.api.longpoll.JobWaits;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.events.BatchEnds;
import io.longhaul.jobs.Batch;
import io.longhaul.jobs.sql.BatchQueries;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One batch and the counts of its jobs. */
@Path("/v1/batches/{id}")
@Produces(MediaType.APPLICATION_JSON)
public final class BatchResource {
    private final BatchQueries queries;
    private final BatchEnds ends;
    private final JobWaits waits;

    public BatchResource(BatchQueries queries, BatchEnds ends, JobWaits waits) {
        this.queries = queries;
        this.ends = ends;
        this.waits = waits;
    }

    /**
     * Shows a batch with its jobs counted; {@code GET /v1/jobs?batch_id=} lists them. With {@code Prefer: wait=N} it is shown
     * once it has ended, or after N seconds.
     */
    @Operation(
            id = "getBatch",
            tag = "Batches",
            headers = {Header.PREFER_END},
            replies = {
                @Reply(
                        means = "The batch.",
                        body = BatchRepresentation.class,
                        headers = {Header.VARY, Header.PREFERENCE_APPLIED})
            },
            errors = {ErrorCode.BATCH_NOT_FOUND})
    @GET
    @RequiresRole(Role.READ)
    public CompletionStage<Response> show(@PathParam("id") String id, @Context HttpServletRequest request) {
        Preference preference = Preference.of(request);
        Batch batch = Ids.parse(id)
                .filter(wanted -> isVisible(wanted, Caller.of(request)))
                .flatMap(queries::find)
                .orElseThrow(() -> notFound(id));
        return found(batch, preference).thenApply(found -> shown(found.orElseThrow(() -> notFound(id)), preference));
    }

    private boolean isVisible(UUID batch, Caller caller) {
        return caller.seesAll() || queries.isOf(batch, caller.principal().name());
    }

    private CompletionStage<Optional<Batch>> found(Batch batch, Preference preference) {
        if (!preference.waits() || batch.endedAt() != null) {
            return CompletableFuture.completedStage(Optional.of(batch));
        }
        CompletableFuture<Void> wait = ends.whenEnded(batch.id());
        CompletionStage<Optional<Batch>> found =
                waits.until(wait, preference.longest(), () -> queries.find(batch.id()));
        // It may have ended before the wait began: then no signal comes.
        if (queries.find(batch.id()).map(now -> now.endedAt() != null).orElse(true)) {
            wait.complete(null);
        }
        return found;
    }

    private static Response shown(Batch batch, Preference preference) {
        Response.ResponseBuilder answer =
                Response.ok(BatchRepresentation.of(batch)).header(HttpHeaders.VARY, Preference.HEADER);
        String applied = preference.applied(false);
        return (applied == null ? answer : answer.header(Preference.APPLIED, applied)).build();
    }

    private static RefusedException notFound(String id) {
        return new RefusedException(ErrorCode.BATCH_NOT_FOUND, "Batch " + Ids.shown(id) + " not found.");
    }

    /**
     * A batch.
     *
     * @param batchId its id
     * @param total number of jobs it was made with
     * @param counts number of its jobs by status
     * @param createdAt time of its submit
     * @param endedAt time at which all its jobs had ended, up to a second late; null before
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record BatchRepresentation(UUID batchId, int total, Counts counts, String createdAt, String endedAt) {
        /**
         * Jobs by status.
         *
         * @param pending jobs that wait
         * @param running jobs that run
         * @param completed jobs that completed
         * @param failed jobs that failed
         * @param cancelled jobs that were cancelled
         * @param removed ended jobs that were removed, because their {@code ttl_hours} are over
         */
        record Counts(int pending, int running, int completed, int failed, int cancelled, int removed) {}

        static BatchRepresentation of(Batch b) {
            return new BatchRepresentation(
                    b.id(),
                    b.total(),
                    new Counts(b.pending(), b.running(), b.completed(), b.failed(), b.cancelled(), b.removed()),
                    Times.iso(b.createdAt()),
                    Times.iso(b.endedAt()));
        }
    }
}
