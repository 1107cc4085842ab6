package io.longhaul.api.views;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.http.Times;
import io.longhaul.views.View;

/**
 * A list of jobs that is kept by name.
 *
 * @param name its name
 * @param query the query of the list in the console, {@code /ui/jobs?QUERY}: the filters and the order of {@code GET
 *     /v1/jobs}, {@code since} for a time before now, and {@code columns} for members of params
 * @param shared whether all see it
 * @param changedBy who kept it last
 * @param createdAt when it was kept first
 * @param changedAt when it was kept last
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ViewRepresentation(
        String name, String query, boolean shared, String changedBy, String createdAt, String changedAt) {
    static ViewRepresentation of(View view) {
        return new ViewRepresentation(
                view.name(),
                view.query(),
                view.shared(),
                view.changedBy(),
                Times.iso(view.createdAt()),
                Times.iso(view.changedAt()));
    }
}
