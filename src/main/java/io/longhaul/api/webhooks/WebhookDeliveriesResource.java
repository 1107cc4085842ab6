package io.longhaul.api.webhooks;

import io.longhaul.api.description.Operation;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Reply;
import io.longhaul.api.description.RequiresRole;
import io.longhaul.api.errors.Committed;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Slice;
import io.longhaul.api.http.Suggestion;
import io.longhaul.auth.Role;
import io.longhaul.webhooks.Delivery;
import io.longhaul.webhooks.DeliveryLog;
import io.longhaul.webhooks.Webhooks;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.UriInfo;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The deliveries of an endpoint. Operators may list and repeat them. */
@Path("/v1/webhooks/{id}/deliveries")
@Produces(MediaType.APPLICATION_JSON)
public final class WebhookDeliveriesResource {
    private static final int MOST = 100;
    private static final int USUAL = 50;

    private static final List<String> STATUSES = List.of("pending", "delivered", "failed");

    private final Webhooks webhooks;
    private final DeliveryLog log;
    private final Runnable wakeDeliverer;

    public WebhookDeliveriesResource(Webhooks webhooks, DeliveryLog log, Runnable wakeDeliverer) {
        this.webhooks = webhooks;
        this.log = log;
        this.wakeDeliverer = wakeDeliverer;
    }

    /**
     * The start of a page: newer deliveries were on the pages before.
     *
     * @param time time of the last delivery of the page before
     * @param id its id
     */
    private record Position(String time, UUID id) {
        /** Before the newest. */
        private static final Position NEWEST = new Position("infinity", new UUID(-1, -1));

        private static Position after(Delivery last) {
            return new Position(last.createdAt().toString(), last.id());
        }

        private String cursor() {
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString((time + " " + id).getBytes(StandardCharsets.UTF_8));
        }

        private static Optional<Position> parse(String cursor) {
            try {
                String[] parts =
                        new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", -1);
                Instant time = Instant.parse(parts[0]);
                return parts.length == 2 && QueryParameters.isInRange(time)
                        ? Ids.parse(parts[1]).map(id -> new Position(time.toString(), id))
                        : Optional.empty();
            } catch (IllegalArgumentException | java.time.DateTimeException e) {
                return Optional.empty();
            }
        }
    }

    /** Lists the deliveries of an endpoint and their attempts, newest first. */
    @Operation(
            id = "listDeliveries",
            tag = "Webhooks",
            query = Queries.DeliveryPage.class,
            replies = {@Reply(means = "The page.", body = DeliveryRepresentation.Page.class)},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND})
    @GET
    @RequiresRole(Role.OPERATE)
    public Object list(@PathParam("id") String id, @Context UriInfo uri) {
        UUID webhook = find(id);
        QueryParameters query = new QueryParameters(uri);
        int limit = (int) query.number("limit", 1, MOST, USUAL);
        String status = query.text("status");
        if (status != null && !STATUSES.contains(status)) {
            query.wrong("status", Suggestion.oneOf(status, STATUSES));
        }
        Position from =
                query.has("cursor") ? Position.parse(query.text("cursor")).orElse(null) : Position.NEWEST;
        if (from == null) {
            query.wrong("cursor", "is not one that this list gave: begin without it");
        }
        query.check();
        Slice<Delivery> page = Slice.of(log.ofWebhook(webhook, status, from.time(), from.id(), limit + 1), limit);
        return new DeliveryRepresentation.Page(
                DeliveryRepresentation.of(page.items(), log),
                page.hasNext() ? Position.after(page.last()).cursor() : null);
    }

    /**
     * Repeats a delivery that has ended, successful or not. It has the same {@code webhook-id} and all its attempts
     * again.
     */
    @Operation(
            id = "redeliver",
            tag = "Webhooks",
            replies = {@Reply(status = 202, means = "The delivery, due again.", body = DeliveryRepresentation.class)},
            errors = {ErrorCode.WEBHOOK_NOT_FOUND, ErrorCode.DELIVERY_NOT_FOUND, ErrorCode.DELIVERY_PENDING})
    @POST
    @RequiresRole(value = Role.OPERATE, audited = true)
    @Path("/{delivery}/redeliver")
    public Response redeliver(@PathParam("id") String id, @PathParam("delivery") String deliveryId) {
        UUID webhook = find(id);
        Delivery delivery = Ids.parse(deliveryId)
                .flatMap(log::find)
                .filter(d -> webhook.equals(d.webhookId()))
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.DELIVERY_NOT_FOUND,
                        "Delivery " + Ids.shown(deliveryId) + " not found: it may have been removed."));
        Delivery again = log.redeliver(delivery.id())
                .orElseThrow(() -> new RefusedException(
                        ErrorCode.DELIVERY_PENDING,
                        "Delivery " + delivery.id() + " has not ended: it is tried again by itself."));
        return accepted(again);
    }

    private UUID find(String id) {
        UUID webhook = WebhookReader.id(id);
        if (!webhooks.exists(webhook)) {
            throw WebhookReader.notFound(id);
        }
        return webhook;
    }

    private Response accepted(Delivery delivery) {
        Committed.afterwards(wakeDeliverer);
        return accepted(delivery, log);
    }

    /** Answers 202 with a delivery that is due now, without its earlier attempts if they cannot be read. */
    static Response accepted(Delivery delivery, DeliveryLog log) {
        return Response.accepted(Committed.answer(
                        () -> DeliveryRepresentation.of(List.of(delivery), log).get(0),
                        () -> DeliveryRepresentation.of(delivery, List.of())))
                .build();
    }
}
