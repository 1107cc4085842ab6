package io.longhaul.api.schedules;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.util.List;

/**
 * A page of schedules, by name.
 *
 * @param schedules the page
 * @param nextCursor where the next page begins; null on the last one
 */
@JsonNaming(SnakeCaseStrategy.class)
record ScheduleList(List<ScheduleRepresentation> schedules, String nextCursor) {}
