package io.longhaul.api.webhooks;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.Requests;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.errors.Committed;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.intake.OwnWebhookReader;
import io.longhaul.api.intake.SubmissionReader;
import io.longhaul.auth.Role;
import io.longhaul.webhooks.AddressPolicy;
import io.longhaul.webhooks.Delivery;
import io.longhaul.webhooks.DeliveryLog;
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
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** One endpoint. Operators may show, change, remove, pause and test it. */
@Path("/v1/webhooks/{id}")
@Produces(MediaType.APPLICATION_JSON)
public final class WebhookResource {
    /** Deliveries of a removed endpoint that one statement deletes. */
    private static final int AT_ONCE = 1000;

    private static final int MOST_REDELIVERED = 1000;
    private static final int LONGEST_GRACE_HOURS = (int) Duration.ofDays(30).toHours();
    private static final int USUAL_GRACE_HOURS = 24;

    private final Webhooks webhooks;
    private final DeliveryLog log;
    private final WebhookReader reader;
    private final JsonBodies bodies;
    private final Runnable wakeDeliverer;

    public WebhookResource(
            Webhooks webhooks,
            DeliveryLog log,
            AddressPolicy addresses,
            ApiConfiguration configuration,
            Runnable wakeDeliverer) {
        this.webhooks = webhooks;
        this.log = log;
        this.reader = new WebhookReader(addresses);
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
        this.wakeDeliverer = wakeDeliverer;
    }

    /** Shows an endpoint without its secret. */
    @Operation(
            id = "getWebhook",
            tag = "Webhooks",
            replies = {@Reply(means = "The endpoint.", body = WebhookRepresentation.class)},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND})
    @GET
    @RequiresRole(Role.OPERATE)
    public Object show(@PathParam("id") String id) {
        return WebhookRepresentation.of(find(id));
    }

    /** Changes the members that the body has. Waiting deliveries go to the new address. */
    @Operation(
            id = "changeWebhook",
            tag = "Webhooks",
            body = Requests.WebhookChange.class,
            replies = {@Reply(means = "The endpoint as it is now.", body = WebhookRepresentation.class)},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND})
    @PATCH
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Consumes(MediaType.APPLICATION_JSON)
    public Object change(@PathParam("id") String id, InputStream body, @Context HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        UUID webhook = find(id).id();
        ObjectNode patch = bodies.read(body);
        return shown(webhooks.inTransaction(locked -> changed(locked, webhook, patch, request)), id);
    }

    private Optional<Webhook> changed(Webhooks locked, UUID id, ObjectNode patch, HttpServletRequest request) {
        Webhook old = locked.findToChange(id).orElseThrow(() -> WebhookReader.notFound(id.toString()));
        Fields fields = new Fields(WebhookReader.merged(old, patch));
        Webhooks.Wanted wanted = reader.read(fields);
        if (patch.has("secret")) {
            fields.wrong("secret", "is changed by POST /v1/webhooks/" + old.id() + "/rotate-secret");
        }
        UnknownMembers.check(fields, request);
        fields.check(null);
        return locked.change(old.id(), wanted);
    }

    /** Removes an endpoint and its waiting deliveries. */
    @Operation(
            id = "deleteWebhook",
            tag = "Webhooks",
            replies = {@Reply(status = 204, means = "It is removed.")},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND})
    @DELETE
    @RequiresRole(value = Role.OPERATE, audited = true)
    public Response delete(@PathParam("id") String id) {
        UUID webhook = WebhookReader.id(id);
        requireFound(webhooks.delete(webhook), id);
        int removed;
        do {
            removed = webhooks.forget(webhook, AT_ONCE);
        } while (removed == AT_ONCE);
        return Response.noContent().build();
    }

    /** Pauses deliveries to an endpoint. New ones are kept until it is resumed. */
    @Operation(
            id = "pauseWebhook",
            tag = "Webhooks",
            replies = {@Reply(means = "The endpoint, paused.", body = WebhookRepresentation.class)},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/pause")
    public Object pause(@PathParam("id") String id) {
        return shown(webhooks.pause(WebhookReader.id(id)), id);
    }

    /** Ends a pause, and enables an endpoint that was disabled. */
    @Operation(
            id = "resumeWebhook",
            tag = "Webhooks",
            replies = {@Reply(means = "The endpoint, not paused.", body = WebhookRepresentation.class)},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/resume")
    public Object resume(@PathParam("id") String id) {
        Object resumed = shown(webhooks.resume(WebhookReader.id(id)), id);
        Committed.afterwards(wakeDeliverer);
        return resumed;
    }

    /**
     * Gives an endpoint another secret. During {@code grace_hours} deliveries are signed with the old secret, too, and
     * with those that still signed; send 0 if an old secret has leaked.
     */
    @Operation(
            id = "rotateWebhookSecret",
            tag = "Webhooks",
            body = Requests.RotateRequest.class,
            bodyRequired = false,
            replies = {@Reply(means = "The endpoint and its new secret.", body = WebhookRepresentation.class)},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/rotate-secret")
    public Object rotate(@PathParam("id") String id, InputStream body, @Context HttpServletRequest request) {
        Fields fields = new Fields(bodies.readIfAny(body));
        int grace = fields.wholeNumber("grace_hours", 0, LONGEST_GRACE_HOURS, USUAL_GRACE_HOURS);
        String given = OwnWebhookReader.secret(fields);
        UnknownMembers.check(fields, request);
        fields.check(null);
        String secret = given == null ? WebhookSecret.random().reveal() : given;
        long seconds = Duration.ofHours(grace).toSeconds();
        return webhooks.rotate(WebhookReader.id(id), secret, seconds)
                .map(rotated -> WebhookRepresentation.of(rotated, secret))
                .orElseThrow(() -> WebhookReader.notFound(id));
    }

    /** Sends the event {@code webhook.test} to an endpoint. */
    @Operation(
            id = "testWebhook",
            tag = "Webhooks",
            replies = {@Reply(status = 202, means = "The delivery, due now.", body = DeliveryRepresentation.class)},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/test")
    public Response test(@PathParam("id") String id) {
        Delivery delivery = log.test(WebhookReader.id(id)).orElseThrow(() -> WebhookReader.notFound(id));
        Committed.afterwards(wakeDeliverer);
        return WebhookDeliveriesResource.accepted(delivery, log);
    }

    /**
     * Repeats deliveries that failed since a time, for example after an outage of the receiver. One request repeats up to
     * 1,000; send it again while {@code more} is true.
     */
    @Operation(
            id = "redeliverFailed",
            tag = "Webhooks",
            body = Requests.RedeliverRequest.class,
            replies = {@Reply(means = "How many.", body = Redelivered.class)},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/redeliver")
    public Object redeliverFailed(@PathParam("id") String id, InputStream body) {
        UUID webhook = find(id).id();
        Fields fields = new Fields(bodies.read(body));
        fields.onlyKnown(Requests.RedeliverRequest.class);
        Instant since = fields.optionalTime("since");
        if (since == null && fields.errors().isEmpty()) {
            fields.wrong("since", "is missing");
        }
        fields.check(null);
        int again = log.redeliverFailed(webhook, since.toString(), MOST_REDELIVERED);
        Committed.afterwards(wakeDeliverer);
        return new Redelivered(again, again == MOST_REDELIVERED);
    }

    /**
     * The number of repeated deliveries.
     *
     * @param redelivered the number
     * @param more whether there may be more
     */
    record Redelivered(int redelivered, boolean more) {}

    private static Object shown(Optional<Webhook> changed, String id) {
        return changed.map(WebhookRepresentation::of).orElseThrow(() -> WebhookReader.notFound(id));
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
