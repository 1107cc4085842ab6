package io.longhaul.api.description;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.jobs.OwnWebhook;
import java.util.List;
import java.util.UUID;

/**
 * The endpoint that is told of one job's end only. Its secret and the query of its URL are not shown.
 *
 * @param id the endpoint, or left out
 * @param url the job's own URL without its query, or left out
 * @param events the events that are sent; left out for all
 * @param includeResult whether small results are included; left out for no
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OwnWebhookRepresentation(UUID id, String url, List<String> events, Boolean includeResult) {
    /** Cuts the query off. */
    public static String shown(String url) {
        return url.replaceFirst("\\?.*", "");
    }

    public static OwnWebhookRepresentation of(OwnWebhook own) {
        return own == null
                ? null
                : new OwnWebhookRepresentation(
                        own.id(), own.url() == null ? null : shown(own.url()), own.events(), own.includeResult());
    }
}
