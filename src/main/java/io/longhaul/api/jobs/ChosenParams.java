package io.longhaul.api.jobs;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.ParamsQueries;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Chosen members of the params of the jobs of a list, as text that is short enough for a list.
 *
 * @param texts texts by name, for each job; names that a job does not have are missing
 */
public record ChosenParams(Map<UUID, Map<String, String>> texts) {
    private static final int LONGEST = 200;

    /** Reads them; without names nothing is read. */
    public static ChosenParams of(ParamsQueries queries, List<Job> jobs, List<String> names) {
        Map<UUID, Map<String, String>> texts = new HashMap<>();
        if (!names.isEmpty() && !jobs.isEmpty()) {
            UUID[] ids = jobs.stream().map(Job::id).toArray(UUID[]::new);
            queries.paramTexts(ids, names.toArray(String[]::new)).stream()
                    .filter(one -> one.text() != null)
                    .forEach(one -> texts.computeIfAbsent(one.id(), id -> new HashMap<>())
                            .put(one.name(), cut(one.text())));
        }
        return new ChosenParams(texts);
    }

    /** The texts of a job by name. */
    public Map<String, String> of(Job job) {
        return texts.getOrDefault(job.id(), Map.of());
    }

    private static String cut(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST - 1)) + "…";
    }
}
