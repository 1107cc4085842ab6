package io.longhaul.api.access;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Times;
import io.longhaul.auth.AuditStatements;
import io.longhaul.auth.AuditStatements.Action;
import io.longhaul.auth.Role;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.util.List;

/** The log of operators' actions. */
@Path("/v1/audit")
@Produces(MediaType.APPLICATION_JSON)
public final class AuditResource {
    private static final int MOST = 100;
    private static final int USUAL = 50;

    private final AuditStatements audit;

    public AuditResource(AuditStatements audit) {
        this.audit = audit;
    }

    /**
     * An action.
     *
     * @param id ascending with time
     * @param at its time
     * @param principal the operator
     * @param action method, path and query of the request, or the command
     * @param status status of the answer; 0 for a command
     * @param traceId its trace
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record ActionRepresentation(
            long id,
            @Shape(format = "date-time") String at,
            String principal,
            String action,
            int status,
            String traceId) {
        static ActionRepresentation of(Action a) {
            return new ActionRepresentation(
                    a.id(), Times.iso(a.at()), a.principal(), a.action(), a.status(), a.traceId());
        }
    }

    /**
     * A page of actions. Send the last id as {@code before} to get the next page.
     *
     * @param actions the page
     */
    record ActionList(List<ActionRepresentation> actions) {}

    /** Lists what operators did, newest first. */
    @Operation(
            id = "listActions",
            tag = "Operations",
            query = Queries.ActionPage.class,
            replies = {@Reply(means = "The page.", body = ActionList.class)})
    @GET
    @RequiresRole(Role.ADMIN)
    public Object list(@Context UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        int limit = (int) query.number("limit", 1, MOST, USUAL);
        long before = query.number("before", 1, Long.MAX_VALUE, Long.MAX_VALUE);
        query.check();
        return new ActionList(
                audit.list(before, limit).stream().map(ActionRepresentation::of).toList());
    }
}
