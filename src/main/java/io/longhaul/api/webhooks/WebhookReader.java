package io.longhaul.api.webhooks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.intake.OwnWebhookReader;
import io.longhaul.tools.params.Storable;
import io.longhaul.webhooks.AddressPolicy;
import io.longhaul.webhooks.Webhook;
import io.longhaul.webhooks.WebhookEvent;
import io.longhaul.webhooks.Webhooks;
import java.util.List;
import java.util.UUID;

/** Reads endpoints from requests. */
final class WebhookReader {
    private static final int LONGEST_DESCRIPTION = 1000;
    private static final int LONGEST_TOOL = 100;
    private static final int MOST_TOOLS = 100;

    private final AddressPolicy addresses;

    WebhookReader(AddressPolicy addresses) {
        this.addresses = addresses;
    }

    /** Reads a whole endpoint. If the fields have errors afterwards, it must not be used. */
    Webhooks.Wanted read(Fields fields) {
        String url = fields.requiredText("url");
        if (url != null) {
            addresses.refusal(url).ifPresent(refusal -> fields.wrong("url", refusal));
        }
        String description = fields.optionalText("description");
        if (description != null && Fields.characters(description) > LONGEST_DESCRIPTION) {
            fields.wrong("description", "has more than " + LONGEST_DESCRIPTION + " characters");
        }
        List<String> events = OwnWebhookReader.events(fields, WebhookEvent.ALL);
        return new Webhooks.Wanted(
                url,
                description == null ? null : Storable.text(description),
                array(events == null ? WebhookEvent.OF_JOBS : events),
                array(tools(fields)),
                fields.bool("include_result", false));
    }

    private static List<String> tools(Fields fields) {
        String wrong = "must be a list of at most " + MOST_TOOLS + " names of tools, or null for all";
        List<String> tools = OwnWebhookReader.texts(fields, "tools", MOST_TOOLS, wrong);
        if (tools != null && tools.stream().anyMatch(name -> Fields.characters(name) > LONGEST_TOOL)) {
            fields.wrong("tools", wrong);
        }
        return tools;
    }

    private static String[] array(List<String> texts) {
        return texts == null ? null : texts.toArray(String[]::new);
    }

    /** A request that would create the changed endpoint. Null sets a member back to its default. */
    static ObjectNode merged(Webhook webhook, ObjectNode patch) {
        ObjectNode merged = JsonNodeFactory.instance
                .objectNode()
                .put("url", webhook.url())
                .put("description", webhook.description())
                .put("include_result", webhook.includeResult());
        merged.set("events", list(webhook.events()));
        merged.set("tools", list(webhook.tools()));
        return merged.setAll(patch);
    }

    private static ArrayNode list(List<String> texts) {
        if (texts == null) {
            return null;
        }
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        texts.forEach(list::add);
        return list;
    }

    static UUID id(String text) {
        return Ids.parse(text).orElseThrow(() -> notFound(text));
    }

    static RefusedException notFound(String id) {
        return new RefusedException(
                ErrorCode.WEBHOOK_NOT_FOUND,
                "Webhook " + Ids.shown(id) + " not found. GET /v1/webhooks lists those there are.");
    }
}
