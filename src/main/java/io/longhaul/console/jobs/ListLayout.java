package io.longhaul.console.jobs;

import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.jobs.ParamNames;
import io.longhaul.jobs.sql.JobOrder;
import io.longhaul.jobs.sql.ParamValues;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The order of a list, and what it shows and wants of params.
 *
 * @param order the order
 * @param columns members of params that have a column, without the prefix {@code params.}
 * @param wanted the values that params must have, or null
 */
public record ListLayout(JobOrder order, List<String> columns, ParamValues wanted) {
    /** The newest jobs first, and nothing of their params. */
    public static final ListLayout USUAL = new ListLayout(JobOrder.NEWEST, List.of(), null);

    /** The orders that the page offers, by their names in the API. */
    public static final Map<String, String> ORDERS = orders();

    /** Fields of the form, which lead to {@code params.NAME=VALUE}. */
    static final String NAME = "param";

    private static final String VALUE = "value";

    private static Map<String, String> orders() {
        Map<String, String> orders = new LinkedHashMap<>();
        orders.put(JobOrder.NEWEST.label(), "the newest first");
        orders.put(JobOrder.OLDEST.label(), "the oldest first");
        orders.put(JobOrder.ENDED_LAST.label(), "the latest end first");
        orders.put(JobOrder.ENDED_FIRST.label(), "the earliest end first");
        return orders;
    }

    static ListLayout of(QueryParameters query) {
        String sort = query.text("sort");
        JobOrder order = sort == null
                ? JobOrder.NEWEST
                : JobOrder.fromLabel(sort).orElseGet(() -> {
                    query.wrong("sort", "must be one of " + String.join(", ", JobOrder.labels()));
                    return JobOrder.NEWEST;
                });
        return new ListLayout(order, columns(query), wanted(query));
    }

    /** The form has a field for the name of any member, beside those for the members that it knows. */
    private static ParamValues wanted(QueryParameters query) {
        ParamValues named = ParamNames.values(query);
        String name = query.text(NAME);
        String value = query.text(VALUE);
        if (name == null || value == null) {
            return named;
        }
        SortedMap<String, String> all = new TreeMap<>(named == null ? Map.of() : named.wanted());
        if (ParamNames.isOne(prefixed(name))) {
            all.put(ParamNames.member(prefixed(name)), value);
        } else {
            query.wrong(NAME, "must name a member of the params, such as sample or options.depth");
        }
        return new ParamValues(all);
    }

    private static String prefixed(String name) {
        return name.startsWith(ParamNames.PREFIX) ? name : ParamNames.PREFIX + name;
    }

    private static List<String> columns(QueryParameters query) {
        String text = query.text("columns");
        List<String> names = text == null
                ? List.of()
                : Arrays.stream(text.split(","))
                        .map(String::strip)
                        .filter(name -> !name.isEmpty())
                        .map(ListLayout::prefixed)
                        .distinct()
                        .toList();
        if (!names.stream().allMatch(ParamNames::isOne)) {
            query.wrong("columns", "must be names of members of the params, with commas: params.NAME");
            return List.of();
        }
        if (names.size() > ParamNames.MOST_COLUMNS) {
            query.wrong("columns", "may be at most " + ParamNames.MOST_COLUMNS);
            return List.of();
        }
        return names.stream().map(ParamNames::member).toList();
    }

    /** The wanted values by name; empty if any value will do. */
    public SortedMap<String, String> values() {
        return wanted == null ? new TreeMap<>() : wanted.wanted();
    }

    /** True if the newest jobs come first. */
    public boolean isNewestFirst() {
        return order == JobOrder.NEWEST;
    }

    /** Adds itself to the parameters of an address; those of the API have no columns, but fields. */
    void put(Map<String, Object> parameters, boolean forPage) {
        if (!isNewestFirst()) {
            parameters.put("sort", order.label());
        }
        if (!columns.isEmpty()) {
            List<String> names =
                    columns.stream().map(name -> ParamNames.PREFIX + name).toList();
            parameters.put(
                    forPage ? "columns" : "fields",
                    (forPage ? "" : "job_id,tool,status,created_at,") + String.join(",", names));
        }
        values().forEach((name, value) -> parameters.put(ParamNames.PREFIX + name, value));
    }
}
