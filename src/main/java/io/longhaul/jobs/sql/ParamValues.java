package io.longhaul.jobs.sql;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Values that params must have. A member of a member is named with dots, {@code options.depth}. Numbers and truth values are
 * compared as they are written.
 *
 * @param wanted values by names of members
 */
public record ParamValues(SortedMap<String, String> wanted) {
    public ParamValues {
        wanted = Collections.unmodifiableSortedMap(new TreeMap<>(wanted));
    }

    /** Fixed SQL text with named parameters for the table {@code jobs j}. */
    public String conditions() {
        return IntStream.range(0, wanted.size())
                .mapToObj(i -> "j.parameters #>> :paramPath" + i + "::text[] = :paramValue" + i)
                .collect(Collectors.joining(" AND "));
    }

    /** The values of the named parameters in {@link #conditions}. */
    public Map<String, Object> values() {
        Map<String, Object> all = new HashMap<>();
        int i = 0;
        for (Map.Entry<String, String> one : wanted.entrySet()) {
            all.put("paramPath" + i, one.getKey().split("\\.", -1));
            all.put("paramValue" + i, one.getValue());
            i++;
        }
        return all;
    }
}
