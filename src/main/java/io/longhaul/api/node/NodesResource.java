package io.longhaul.api.node;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.auth.Role;
import io.longhaul.jobs.sql.NodeQueries;
import io.longhaul.jobs.sql.NodeQueries.KnownNode;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;

/** The nodes that share the database. */
@Path("/v1/nodes")
@Produces(MediaType.APPLICATION_JSON)
public final class NodesResource {
    private final NodeQueries queries;

    public NodesResource(NodeQueries queries) {
        this.queries = queries;
    }

    /**
     * A run of a node.
     *
     * @param id never reused: a restarted node gets another id
     * @param name for people
     * @param version of the program
     * @param status alive, or lost; the jobs of a lost node are about to be rescued
     * @param startedAt time of its start
     * @param leaseUntil time until which it counts as alive without renewing its lease
     * @param running number of jobs it holds
     * @param tools tools whose jobs it claims; empty if it drains or has no slots, null if it has not reported yet
     * @param slots number of jobs it runs at once, 0 if it drains; null if unknown, as of workers elsewhere
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record NodeRepresentation(
            long id,
            String name,
            String version,
            @Shape(values = {"alive", "lost"}) String status,
            String startedAt,
            @Shape(format = "date-time") String leaseUntil,
            int running,
            List<String> tools,
            Integer slots) {
        static NodeRepresentation of(KnownNode n) {
            return new NodeRepresentation(
                    n.id(),
                    n.name(),
                    n.version(),
                    n.alive() ? "alive" : "lost",
                    Times.iso(n.startedAt()),
                    Times.iso(n.leaseUntil()),
                    n.running(),
                    n.tools(),
                    n.slots());
        }
    }

    /**
     * All nodes.
     *
     * @param nodes sorted by name
     */
    record NodeList(List<NodeRepresentation> nodes) {}

    /** Lists the nodes. */
    @Operation(
            id = "listNodes",
            tag = "Operations",
            replies = {@Reply(means = "The nodes.", body = NodeList.class)})
    @GET
    @RequiresRole(Role.READ)
    public Object list() {
        return new NodeList(queries.all().stream().map(NodeRepresentation::of).toList());
    }
}
