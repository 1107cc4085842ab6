package io.longhaul.api.webhooks;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Ids;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.auth.Role;
import io.longhaul.webhooks.DeliveryLog;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.UUID;

/** The deliveries of a job's end. */
@Path("/v1/jobs/{id}/deliveries")
@Produces(MediaType.APPLICATION_JSON)
public final class JobDeliveriesResource {
    /** More endpoints than anybody has. */
    private static final int MOST = 500;

    private final DeliveryLog log;

    public JobDeliveriesResource(DeliveryLog log) {
        this.log = log;
    }

    /** Lists the deliveries of a job, oldest first and on one page. Works for removed jobs, too. */
    @Operation(
            id = "listJobDeliveries",
            tag = "Webhooks",
            replies = {@Reply(means = "All of them.", body = DeliveryRepresentation.Page.class)},
            errors = {ErrorCode.JOB_NOT_FOUND})
    @GET
    @RequiresRole(Role.OPERATE)
    public Object list(@PathParam("id") String id) {
        UUID job = Ids.parse(id).orElseThrow(() -> JobResource.notFound(id));
        return new DeliveryRepresentation.Page(DeliveryRepresentation.of(log.ofJob(job, MOST), log), null);
    }
}
