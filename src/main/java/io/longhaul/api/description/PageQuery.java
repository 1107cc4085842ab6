package io.longhaul.api.description;

import io.longhaul.api.http.Problem.FieldError;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What the pages for people take of a query. */
public final class PageQuery {
    private PageQuery() {}

    /** True if a page reads a parameter, or refuses those that it does not know. */
    public static boolean takes(AnyQuery page, String name) {
        return Arrays.stream(page.value())
                .anyMatch(one ->
                        one.equals(AnyQuery.CHECKED) || (one.endsWith(".") ? name.startsWith(one) : name.equals(one)));
    }

    /** Parameters that a page reads once, and that are there several times. */
    static List<FieldError> repeated(AnyQuery page, Map<String, List<String>> sent) {
        return sent.entrySet().stream()
                .filter(one -> one.getValue().size() > 1)
                .filter(one ->
                        takes(page, one.getKey()) && !List.of(page.lists()).contains(one.getKey()))
                .map(one -> DescribedQuery.repeated(one.getKey(), one.getValue().size()))
                .toList();
    }
}
