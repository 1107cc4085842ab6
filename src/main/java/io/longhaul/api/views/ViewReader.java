package io.longhaul.api.views;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.description.DescribedQuery;
import io.longhaul.api.description.Queries;
import io.longhaul.api.description.Requests;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.QueryParameters;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.jobs.ParamNames;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Reads views from requests. A view that leads nowhere is refused. */
final class ViewReader {
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_QUERY = 2_000;

    /** What a path cannot carry, or could be read in several ways. */
    private static final Pattern NOT_IN_NAMES = Pattern.compile("[/\\\\;%\\p{Cntrl}\\p{Cs}]|^\\.{1,2}$|^\\s|\\s$|^$");

    private ViewReader() {}

    /** Checks a name. */
    static String name(String name) {
        boolean holds = Fields.characters(name) <= LONGEST_NAME
                && !NOT_IN_NAMES.matcher(name).find();
        if (!holds) {
            refuse(
                    "/name",
                    "must be 1 to " + LONGEST_NAME
                            + " characters without slash, backslash, semicolon, percent sign, control characters, and spaces at its ends");
        }
        return name;
    }

    /** Reads the query of a body, in the form in which it is kept. */
    static String query(ObjectNode body) {
        Fields fields = new Fields(body);
        fields.onlyKnown(Requests.ViewRequest.class);
        String query = fields.requiredText("query");
        Refusal.ifAny(fields.errors(), null);
        return checked(query);
    }

    /** A query without mistakes, percent-encoded. */
    static String checked(String query) {
        Map<String, List<String>> sent = parsed(query.startsWith("?") ? query.substring(1) : query);
        if (sent.isEmpty()) {
            refuse("/query", "must have a filter, an order or columns, such as status=failed");
        }
        List<FieldError> errors =
                new ArrayList<>(DescribedQuery.of(Queries.KeptList.class).wrong(sent));
        if (errors.isEmpty()) {
            errors.addAll(wrongValues(new QueryParameters(sent)));
        }
        Refusal.ifAny(
                errors.stream()
                        .map(error -> new FieldError(
                                "/query", "has a mistake: " + error.pointer().substring(1) + " " + error.message()))
                        .toList(),
                null);
        String kept = sent.entrySet().stream()
                .map(one -> encoded(one.getKey()) + "=" + encoded(String.join(",", one.getValue())))
                .collect(Collectors.joining("&"));
        if (kept.length() > LONGEST_QUERY) {
            refuse("/query", "must be at most " + LONGEST_QUERY + " characters long; this is " + kept.length());
        }
        return kept;
    }

    private static List<FieldError> wrongValues(QueryParameters query) {
        query.statuses("status");
        query.failure("failure");
        query.time("created_after");
        query.time("created_before");
        query.id("batch_id");
        query.id("schedule_id");
        ParamNames.values(query);
        for (String column : query.has("columns") ? query.text("columns").split(",") : new String[0]) {
            if (!ParamNames.isOne(column)) {
                query.wrong("columns", "must be names of members of the params, with commas: params.NAME");
            }
        }
        for (String text : List.of("tool", "trace_id", "error")) {
            query.text(text);
        }
        return query.errors();
    }

    private static Map<String, List<String>> parsed(String query) {
        Map<String, List<String>> sent = new LinkedHashMap<>();
        try {
            Arrays.stream(query.split("&"))
                    .filter(pair -> !pair.isEmpty())
                    .map(pair -> pair.split("=", 2))
                    .forEach(pair -> sent.computeIfAbsent(decoded(pair[0]), name -> new ArrayList<>())
                            .add(pair.length == 1 ? "" : decoded(pair[1])));
        } catch (IllegalArgumentException e) {
            refuse("/query", "is not correctly percent-encoded");
        }
        return sent;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private static void refuse(String pointer, String message) {
        Refusal.ifAny(List.of(new FieldError(pointer, message)), null);
    }
}
