package io.longhaul.api.description;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.jobs.OwnWebhook;
import java.util.List;
import java.util.UUID;

/**
 * Who is told of the end of one job besides those who asked for all. Its secret is not told again, nor the query of its
 * address, which may hold one.
 *
 * @param id the endpoint, or left out
 * @param url the job's own address up to its query, or left out
 * @param events which ends are told; left out for all
 * @param includeResult whether small results are sent, too; left out for no
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record OwnWebhookRepresentation(UUID id, String url, List<String> events, Boolean includeResult) {
    /** An address up to its query. */
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
