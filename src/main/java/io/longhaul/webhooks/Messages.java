package io.longhaul.webhooks;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Supplier;

/** Writes the bodies of messages: {@code {type, timestamp, data}}. The same delivery gives the same body each time. */
final class Messages {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .build();

    /** The format of times in the API. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSSxxx").withZone(ZoneOffset.UTC);

    /** The order of the message's members; jsonb has an order of its own. */
    private static final List<String> ORDER = List.of(
            "job_id",
            "batch_id",
            "webhook_id",
            "tool",
            "status",
            "attempt",
            "error_code",
            "error",
            "total",
            "completed",
            "failed",
            "cancelled",
            "created_at",
            "started_at",
            "completed_at",
            "ended_at",
            "schedule_id",
            "retry_of",
            "trace_id");

    private final Supplier<String> address;
    private final int largest;

    /**
     * Creates a writer.
     *
     * @param address public URL of this server
     * @param largest bytes of a body; a result that does not fit is left out
     */
    Messages(Supplier<String> address, int largest) {
        this.address = address;
        this.largest = largest;
    }

    byte[] body(ClaimedDelivery delivery) {
        JsonNode payload = parsed(delivery.payload());
        ObjectNode message = JSON.createObjectNode();
        message.put("type", delivery.event());
        message.put("timestamp", timestamp(delivery, payload));
        ObjectNode data = message.putObject("data");
        ORDER.stream().filter(payload::has).forEach(name -> data.set(name, shown(name, payload.get(name))));
        link(delivery, payload, data);
        if (delivery.includeResult() && payload.path("status").asText().equals("completed")) {
            return withResult(message, data, delivery.result());
        }
        return bytes(message);
    }

    private byte[] withResult(ObjectNode message, ObjectNode data, String result) {
        if (result != null && result.length() <= largest) {
            data.putRawValue("result", new RawValue(result));
            byte[] bytes = bytes(message);
            if (bytes.length <= largest) {
                return bytes;
            }
            data.remove("result");
        }
        data.put("result_omitted", true);
        return bytes(message);
    }

    private void link(ClaimedDelivery delivery, JsonNode payload, ObjectNode data) {
        if (payload.hasNonNull("job_id")) {
            data.put("url", address.get() + "/v1/jobs/" + payload.get("job_id").asText());
        } else if (delivery.event().equals(WebhookEvent.BATCH_ENDED)) {
            data.put(
                    "url",
                    address.get() + "/v1/batches/" + payload.get("batch_id").asText());
        }
    }

    private static String timestamp(ClaimedDelivery delivery, JsonNode payload) {
        String end =
                payload.path("completed_at").asText(payload.path("ended_at").asText(""));
        return end.isEmpty() ? TIME.format(delivery.claimedAt()) : time(end);
    }

    private static JsonNode shown(String name, JsonNode value) {
        return name.endsWith("_at") && value.isTextual() ? JSON.getNodeFactory().textNode(time(value.asText())) : value;
    }

    private static String time(String text) {
        return TIME.format(OffsetDateTime.parse(text));
    }

    private static JsonNode parsed(String payload) {
        try {
            return JSON.readTree(payload);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The column payload of webhook_deliveries holds JSON", e);
        }
    }

    private static byte[] bytes(ObjectNode message) {
        try {
            return JSON.writeValueAsBytes(message);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can always be written", e);
        }
    }
}
