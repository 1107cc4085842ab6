package io.longhaul.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.UUID;

/**
 * The webhook of a single job, in addition to the subscribed ones: a known endpoint, or an address of its own.
 *
 * @param id an endpoint, or null
 * @param url an address, or null
 * @param secret key that signs the deliveries to the address, or null for none
 * @param events statuses to report, or null for all
 * @param includeResult true to send small results along; null means false
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OwnWebhook(
        @JsonProperty("id") UUID id,
        @JsonProperty("url") String url,
        @JsonProperty("secret") String secret,
        @JsonProperty("events") List<String> events,
        @JsonProperty("include_result") Boolean includeResult) {
    public static OwnWebhook parse(String json) {
        return json == null ? null : JobExtras.read(json, OwnWebhook.class);
    }

    /** Omits the secret, and the address, which may contain one. */
    @Override
    public String toString() {
        return id == null ? "an address of its own" : "webhook " + id;
    }
}
