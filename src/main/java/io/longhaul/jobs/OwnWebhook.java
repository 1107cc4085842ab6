package io.longhaul.jobs;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.UUID;

/**
 * Who is told of the end of one job besides those who asked for all: an endpoint that is known, or an address of the
 * job's own.
 *
 * @param id an endpoint, or null
 * @param url an address, or null
 * @param secret what deliveries to the address are signed with, or null for none
 * @param events which ends are told, or null for all
 * @param includeResult whether small results are told, too; null for no
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

    /** Neither the secret nor the address, which may hold one, too. */
    @Override
    public String toString() {
        return id == null ? "an address of its own" : "webhook " + id;
    }
}
