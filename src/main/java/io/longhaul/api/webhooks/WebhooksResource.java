package io.longhaul.api.webhooks;

import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.errors.Committed;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Slice;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.intake.OwnWebhookReader;
import io.longhaul.api.intake.SubmissionReader;
import io.longhaul.auth.Role;
import io.longhaul.webhooks.AddressPolicy;
import io.longhaul.webhooks.Webhook;
import io.longhaul.webhooks.WebhookSecret;
import io.longhaul.webhooks.Webhooks;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.io.InputStream;
import java.net.URI;
import java.util.UUID;

/** The endpoints that are told of the ends of jobs. Operators may create and list them. */
@Path("/v1/webhooks")
@Produces(MediaType.APPLICATION_JSON)
public final class WebhooksResource {
    private static final int MOST = 500;
    private static final int USUAL = 100;

    /** Less than any id. */
    private static final UUID FIRST = new UUID(0, 0);

    private final Webhooks webhooks;
    private final WebhookReader reader;
    private final JsonBodies bodies;
    private final Runnable wakeDeliverer;

    public WebhooksResource(
            Webhooks webhooks, AddressPolicy addresses, ApiConfiguration configuration, Runnable wakeDeliverer) {
        this.webhooks = webhooks;
        this.reader = new WebhookReader(addresses);
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
        this.wakeDeliverer = wakeDeliverer;
    }

    /** Creates an endpoint. Without a secret in the request it gets a random one. */
    @Operation(
            id = "createWebhook",
            tag = "Webhooks",
            body = Requests.WebhookRequest.class,
            replies = {
                @Reply(
                        status = 201,
                        means = "The endpoint and its secret.",
                        body = WebhookRepresentation.class,
                        headers = {Header.LOCATION})
            })
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Consumes(MediaType.APPLICATION_JSON)
    public Response create(InputStream body, @Context HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        Fields fields = new Fields(bodies.read(body));
        Webhooks.Wanted wanted = reader.read(fields);
        String given = OwnWebhookReader.secret(fields);
        UnknownMembers.check(fields, request);
        fields.check(null);
        String secret = given == null ? WebhookSecret.random().reveal() : given;
        Webhook made = webhooks.create(wanted, secret);
        Committed.afterwards(wakeDeliverer);
        return Response.created(URI.create("/v1/webhooks/" + made.id()))
                .entity(WebhookRepresentation.of(made, secret))
                .build();
    }

    /** Lists endpoints. */
    @Operation(
            id = "listWebhooks",
            tag = "Webhooks",
            query = Queries.WebhookPage.class,
            replies = {@Reply(means = "The page.", body = WebhookRepresentation.Page.class)})
    @GET
    @RequiresRole(Role.OPERATE)
    public Object list(@Context UriInfo uri) {
        QueryParameters query = new QueryParameters(uri);
        int limit = (int) query.number("limit", 1, MOST, USUAL);
        UUID after = query.has("cursor") ? query.id("cursor") : FIRST;
        query.check();
        Slice<Webhook> page = Slice.of(webhooks.page(after, limit + 1), limit);
        return new WebhookRepresentation.Page(
                page.items().stream().map(WebhookRepresentation::of).toList(),
                page.hasNext() ? page.last().id().toString() : null);
    }
}
