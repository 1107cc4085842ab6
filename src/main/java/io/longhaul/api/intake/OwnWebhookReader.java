package io.longhaul.api.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.Suggestion;
import io.longhaul.jobs.OwnWebhook;
import io.longhaul.webhooks.WebhookEvent;
import io.longhaul.webhooks.WebhookSecret;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** Reads the webhook of a single job: {@code {id}} of an endpoint, or {@code {url, secret}}. */
public final class OwnWebhookReader {
    private static final int MOST_REPEATS = 10;

    private OwnWebhookReader() {}

    static OwnWebhook read(Fields fields) {
        JsonNode value = fields.any(ExtrasReader.WEBHOOK, JsonNodeFactory.instance.nullNode());
        if (value.isNull()) {
            return null;
        }
        if (!(value instanceof ObjectNode object)) {
            fields.wrong(ExtrasReader.WEBHOOK, "must be an object with url or id, and secret, events, include_result");
            return null;
        }
        Fields own = new Fields(object);
        OwnWebhook webhook = read(own, object);
        fields.within(ExtrasReader.WEBHOOK, own);
        own.errors().forEach(e -> fields.wrong(ExtrasReader.WEBHOOK + e.pointer(), e.message()));
        return webhook;
    }

    private static OwnWebhook read(Fields own, ObjectNode object) {
        String idText = own.optionalText("id");
        UUID id = idText == null ? null : Ids.parse(idText).orElse(null);
        if (idText != null && id == null) {
            own.wrong("id", "must be the id of a webhook");
        }
        String url = own.optionalText("url");
        if (object.hasNonNull("id") == object.hasNonNull("url")) {
            own.wrong("url", "must be there, or id of a webhook instead of it, but not both");
        }
        String secret = secret(own);
        if (secret != null && url == null) {
            own.wrong("secret", "goes with url: a webhook has its own");
        }
        return new OwnWebhook(
                id,
                url,
                secret,
                events(own, WebhookEvent.OF_JOBS),
                own.bool("include_result", false) ? Boolean.TRUE : null);
    }

    /** Reads a secret, or null. Its error message does not repeat it. */
    public static String secret(Fields fields) {
        String secret = fields.optionalText("secret");
        if (secret != null && WebhookSecret.parse(secret).isEmpty()) {
            fields.wrong("secret", WebhookSecret.FORM);
        }
        return secret;
    }

    /** Reads events without repeats, or null. */
    public static List<String> events(Fields fields, List<String> known) {
        String wrong = "must be a list of one or more of " + String.join(", ", known);
        List<String> events = texts(fields, "events", known.size(), wrong);
        if (events != null && (events.isEmpty() || !known.containsAll(events))) {
            String hint = events.stream()
                    .filter(event -> !known.contains(event))
                    .map(event -> Suggestion.hint(event, known))
                    .findFirst()
                    .orElse("");
            fields.wrong("events", wrong + hint);
        }
        return events;
    }

    /** Reads a list of texts without repeats, or null. One with very many repeats is wrong, too. */
    public static List<String> texts(Fields fields, String name, int most, String wrong) {
        JsonNode value = fields.any(name, JsonNodeFactory.instance.nullNode());
        if (value.isNull()) {
            return null;
        }
        Set<String> texts = new LinkedHashSet<>();
        boolean isList = value.isArray() && value.size() <= MOST_REPEATS * most && allTexts(value);
        if (isList) {
            value.forEach(item -> texts.add(item.textValue()));
        }
        boolean holds = isList && texts.size() <= most;
        if (!holds) {
            fields.wrong(name, wrong);
        }
        return holds ? List.copyOf(texts) : null;
    }

    private static boolean allTexts(JsonNode array) {
        for (JsonNode item : array) {
            if (!item.isTextual()
                    || item.textValue().isEmpty()
                    || item.textValue().indexOf('\0') >= 0) {
                return false;
            }
        }
        return true;
    }
}
