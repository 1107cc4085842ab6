package io.longhaul.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.webhooks.AddressPolicy;
import io.longhaul.webhooks.Webhook;
import io.longhaul.webhooks.WebhookSecret;
import io.longhaul.webhooks.Webhooks;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Makes, shows, changes and removes the endpoints that are told of the ends of jobs. All of it is an operator's. */
@Path("/v1/webhooks")
@Produces(MediaType.APPLICATION_JSON)
public final class WebhooksResource {
    private static final int MOST = 500;
    private static final int USUAL = 100;

    /** Before any id. */
    private static final UUID FIRST = new UUID(0, 0);

    /** How many deliveries of an endpoint that was removed are removed in one statement. */
    private static final int AT_ONCE = 1000;

    private static final int LONGEST_GRACE_HOURS = (int) Duration.ofDays(30).toHours();
    private static final int USUAL_GRACE_HOURS = 24;

    private final Webhooks webhooks;
    private final WebhookReader reader;
    private final JsonBodies bodies;
    private final Runnable changed;

    /**
     * Wires it.
     *
     * @param webhooks the table
     * @param addresses where webhooks may go
     * @param configuration limits of requests
     * @param changed called when deliveries may be due that were not before
     */
    public WebhooksResource(
            Webhooks webhooks, AddressPolicy addresses, ApiConfiguration configuration, Runnable changed) {
        this.webhooks = webhooks;
        this.reader = new WebhookReader(addresses);
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
        this.changed = changed;
    }

    /**
     * Makes an endpoint.
     *
     * @param body {@code {url, description, events, tools, include_result, secret}}, of which only url is required; the
     *     secret is drawn unless it is given
     * @param request the request
     * @return 201 with the endpoint, its secret and its Location; 400, 413, 415 or 422
     */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(InputStream body, @Context HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        Fields fields = new Fields(bodies.read(body));
        Webhooks.Wanted wanted = reader.read(fields);
        String given = OwnWebhookReader.secret(fields);
        fields.check(null);
        String secret = given == null ? WebhookSecret.random().reveal() : given;
        UUID id = webhooks.create(wanted, secret);
        changed.run();
        return Response.created(URI.create("/v1/webhooks/" + id))
                .entity(WebhookRepresentation.of(find(id.toString()), secret))
                .build();
    }

    /**
     * Lists endpoints.
     *
     * @param uri query {@code limit, cursor}
     * @return 200 with the page; 422 for a wrong parameter
     */
    @GET
    public Object list(@Context UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        int limit = (int) query.number("limit", 1, MOST, USUAL);
        UUID after = query.has("cursor") ? query.id("cursor") : FIRST;
        query.check();
        List<Webhook> found = webhooks.page(after, limit + 1);
        List<Webhook> page = found.size() > limit ? found.subList(0, limit) : found;
        return new WebhookRepresentation.Page(
                page.stream().map(WebhookRepresentation::of).toList(),
                found.size() > limit ? page.get(limit - 1).id().toString() : null);
    }

    /**
     * Shows an endpoint.
     *
     * @param id the endpoint
     * @return the endpoint without its secret; 404 if there is none of this id
     */
    @GET
    @Path("/{id}")
    public Object show(@PathParam("id") String id) {
        return WebhookRepresentation.of(find(id));
    }

    /**
     * Changes what the body names, and leaves the rest as it is. Deliveries that wait go to the new address.
     *
     * @param id the endpoint
     * @param body some of {@code {url, description, events, tools, include_result}}
     * @param request the request
     * @return 200 with the endpoint; 404 or as for create
     */
    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    public Object change(@PathParam("id") String id, InputStream body, @Context HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        Webhook old = find(id);
        ObjectNode patch = bodies.read(body);
        Fields fields = new Fields(WebhookReader.merged(old, patch));
        Webhooks.Wanted wanted = reader.read(fields);
        if (patch.has("secret")) {
            fields.wrong("secret", "is changed by POST /v1/webhooks/" + old.id() + "/rotate-secret");
        }
        fields.check(null);
        requireFound(webhooks.change(old.id(), wanted), id);
        return show(id);
    }

    /**
     * Removes an endpoint and all that is to be delivered to it.
     *
     * @param id the endpoint
     * @return 204; 404 if there is none of this id
     */
    @DELETE
    @Path("/{id}")
    public Response delete(@PathParam("id") String id) {
        UUID webhook = WebhookReader.id(id);
        requireFound(webhooks.delete(webhook), id);
        int removed;
        do {
            removed = webhooks.forget(webhook, AT_ONCE);
        } while (removed == AT_ONCE);
        return Response.noContent().build();
    }

    /**
     * Keeps deliveries to an endpoint back. What happens meanwhile waits for it.
     *
     * @param id the endpoint
     * @return 200 with the endpoint, also when it was paused already; 404 if there is none of this id
     */
    @POST
    @Path("/{id}/pause")
    public Object pause(@PathParam("id") String id) {
        requireFound(webhooks.pause(WebhookReader.id(id)), id);
        return show(id);
    }

    /**
     * Ends a pause, and enables an endpoint that was disabled.
     *
     * @param id the endpoint
     * @return 200 with the endpoint; 404 if there is none of this id
     */
    @POST
    @Path("/{id}/resume")
    public Object resume(@PathParam("id") String id) {
        requireFound(webhooks.resume(WebhookReader.id(id)), id);
        changed.run();
        return show(id);
    }

    /**
     * Gives an endpoint another secret. For some time deliveries are signed with both.
     *
     * @param id the endpoint
     * @param body {@code {grace_hours, secret}} or nothing: 24 hours, and a secret that is drawn; 0 if the old secret is
     *     known to others
     * @return 200 with the endpoint and its new secret; 404 if there is none of this id; 400 or 422 for a wrong body
     */
    @POST
    @Path("/{id}/rotate-secret")
    public Object rotate(@PathParam("id") String id, InputStream body) {
        Fields fields = new Fields(bodies.readIfAny(body));
        int grace = fields.wholeNumber("grace_hours", 0, LONGEST_GRACE_HOURS, USUAL_GRACE_HOURS);
        String given = OwnWebhookReader.secret(fields);
        fields.check(null);
        String secret = given == null ? WebhookSecret.random().reveal() : given;
        webhooks.rotate(WebhookReader.id(id), secret, Duration.ofHours(grace).toSeconds())
                .orElseThrow(() -> WebhookReader.notFound(id));
        return WebhookRepresentation.of(find(id), secret);
    }

    private Webhook find(String id) {
        return webhooks.find(WebhookReader.id(id)).orElseThrow(() -> WebhookReader.notFound(id));
    }

    private static void requireFound(int rows, String id) {
        if (rows == 0) {
            throw WebhookReader.notFound(id);
        }
    }
}
