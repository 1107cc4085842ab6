package io.longhaul.api.jobs;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.QueryParameters;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which members of jobs a client wants to see in a list.
 *
 * @param wanted their names, or none for all
 */
record JobFields(Set<String> wanted) {
    static final JobFields ALL = new JobFields(Set.of());

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Set<String> KNOWN = Arrays.stream(JobRepresentation.class.getRecordComponents())
            .map(RecordComponent::getName)
            .map(SnakeCaseStrategy.INSTANCE::translate)
            .collect(Collectors.toCollection(LinkedHashSet::new));

    static JobFields of(QueryParameters query) {
        String text = query.text("fields");
        if (text == null) {
            return ALL;
        }
        Set<String> wanted = Arrays.stream(text.split(",", -1))
                .map(String::strip)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (!KNOWN.containsAll(wanted)) {
            query.wrong("fields", "must be names of members of a job, with commas: " + String.join(", ", KNOWN));
        }
        return new JobFields(wanted);
    }

    /** Whether params or result have to be read: what was left out is told by what was not read. */
    boolean needs(String name) {
        return wanted.isEmpty() || wanted.contains(name) || wanted.contains("omitted");
    }

    Object of(JobRepresentation job) {
        if (wanted.isEmpty()) {
            return job;
        }
        ObjectNode all = JSON.valueToTree(job);
        return all.retain(List.copyOf(wanted));
    }
}
