package io.longhaul.api.tools;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.description.NoAuthentication;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.RefusedException;
import io.longhaul.callbacks.StoredCallbacks;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.params.Storable.NotStorableException;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.InputStream;

/**
 * Takes reports of work that a tool handed to another system. The address is the authentication: only the tool and that
 * system know it.
 */
@Path("/v1/callbacks/{token}")
@Produces(MediaType.APPLICATION_JSON)
public final class CallbacksResource {
    private final StoredCallbacks callbacks;
    private final JsonBodies bodies;

    public CallbacksResource(StoredCallbacks callbacks, ApiConfiguration configuration) {
        this.callbacks = callbacks;
        this.bodies = JsonBodies.ofTools(configuration.maxBodyBytes());
    }

    /**
     * Takes progress, a log line, the result or an error. Any node accepts it.
     *
     * @param token the last part of the callback address
     */
    @Operation(
            id = "postCallback",
            tag = "Callbacks",
            body = Requests.CallbackRequest.class,
            replies = {@Reply(status = 204, means = "It was taken.")},
            errors = {ErrorCode.NOT_FOUND})
    @POST
    @NoAuthentication
    @Consumes(MediaType.APPLICATION_JSON)
    public Response post(@PathParam("token") String token, InputStream body) {
        // The body of a stranger is not read: its tree would take the memory that is there for those of others.
        if (!callbacks.isOpen(token) || !callbacks.post(token, bodies.read(body, CallbacksResource::storable))) {
            throw new RefusedException(
                    ErrorCode.NOT_FOUND, "Nobody waits at this address: the call has ended, or the address is wrong.");
        }
        return Response.noContent().build();
    }

    private static String storable(ObjectNode object) {
        try {
            return Storable.json(JsonBodies.text(object));
        } catch (NotStorableException e) {
            throw new RefusedException(ErrorCode.INVALID_REQUEST, "The body " + e.getMessage() + ".");
        }
    }
}
