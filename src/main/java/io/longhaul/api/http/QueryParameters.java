package io.longhaul.api.http;

import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.jobs.JobStatus;
import jakarta.ws.rs.core.UriInfo;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Reads query parameters and collects all their errors. The filter that compares them with the description has refused
 * unknown, empty and repeated ones before.
 */
public final class QueryParameters {
    /** Any number of 18 digits fits in a long. */
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]{1,18}");

    /** At least eight digits, so that only few ids begin with them. */
    public static final Pattern ID_PREFIX = Pattern.compile(
            "[0-9a-f]{8}(-([0-9a-f]{0,4}|[0-9a-f]{4}-([0-9a-f]{0,4}|[0-9a-f]{4}-([0-9a-f]{0,4}|[0-9a-f]{4}-[0-9a-f]{0,12}))))?");

    /** The same for trace ids. */
    public static final Pattern TRACE_PREFIX = Pattern.compile("[0-9a-f]{8,32}");

    private static final Pattern FAILURE = Pattern.compile("[0-9a-f]{16}");

    private static final Instant EARLIEST = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private final Map<String, List<String>> values;
    private final String at;
    private final Set<FieldError> errors = new LinkedHashSet<>();

    public QueryParameters(UriInfo uri) {
        this(QueryParameters.sent(uri));
    }

    /** Reads parameters that are no query of a request. */
    public QueryParameters(Map<String, List<String>> values) {
        this(values, "");
    }

    /** Reads members of a body by the rules of a query; {@code at} is the JSON Pointer to them. */
    public QueryParameters(Map<String, List<String>> values, String at) {
        this.values = values;
        this.at = at;
    }

    /** The parameters of the query, decoded. */
    public static Map<String, List<String>> sent(UriInfo uri) {
        try {
            return uri.getQueryParameters();
        } catch (IllegalArgumentException e) {
            throw new RefusedException(ErrorCode.BAD_REQUEST, "The query is not correctly percent-encoded.");
        }
    }

    /** The names that begin so, in the order of the alphabet. */
    public List<String> names(String prefix) {
        return values.keySet().stream()
                .filter(name -> name.startsWith(prefix))
                .sorted()
                .toList();
    }

    public boolean has(String name) {
        return text(name) != null;
    }

    /** Text or null. Repeated parameters are joined with commas. */
    public String text(String name) {
        String text = String.join(",", values.getOrDefault(name, List.of()));
        if (text.indexOf('\0') >= 0) {
            wrong(name, "must not hold a NUL character");
            return null;
        }
        return text.isEmpty() ? null : text;
    }

    /** A whole number within bounds, or the default. */
    public long number(String name, long least, long most, long fallback) {
        String text = text(name);
        if (text == null) {
            return fallback;
        }
        if (NUMBER.matcher(text).matches()) {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        }
        wrong(
                name,
                "must be a whole number "
                        + (most == Long.MAX_VALUE ? "from " + least : "from " + least + " to " + most));
        return fallback;
    }

    /** True or false, which is the default. */
    public boolean flag(String name) {
        String text = text(name);
        if (text != null && !text.equals("true") && !text.equals("false")) {
            wrong(name, "must be true or false");
        }
        return "true".equals(text);
    }

    /** A time with offset, or null. */
    public Instant time(String name) {
        String text = text(name);
        if (text == null) {
            return null;
        }
        try {
            // A plus sign that is not percent-encoded arrives as a space.
            Instant time =
                    OffsetDateTime.parse(text.replace(' ', '+')).toInstant().truncatedTo(ChronoUnit.MICROS);
            if (isInRange(time)) {
                return time;
            }
            wrong(name, "must be a time from the years 1 to 9999");
        } catch (DateTimeException e) {
            wrong(name, "must be a time in ISO-8601 with offset, such as 2026-11-01T12:00:00Z");
        }
        return null;
    }

    /** True for times that the database can compare with. */
    public static boolean isInRange(Instant time) {
        return !time.isBefore(EARLIEST) && time.isBefore(LATEST);
    }

    /** Labels of statuses, separated by commas or in several parameters; empty for any. */
    public List<JobStatus> statuses(String name) {
        List<JobStatus> statuses = new ArrayList<>();
        for (String text : values.getOrDefault(name, List.of())) {
            for (String label : text.isEmpty() ? new String[0] : text.split(",", -1)) {
                Optional<JobStatus> status = JobStatus.fromLabel(label.strip());
                if (status.isEmpty()) {
                    wrong(
                            name,
                            "must be one or more of " + String.join(", ", JobStatus.labels()) + ", with commas"
                                    + Suggestion.hint(label, JobStatus.labels()));
                } else if (!statuses.contains(status.get())) {
                    statuses.add(status.get());
                }
            }
        }
        return statuses;
    }

    /** An id or null. */
    public UUID id(String name) {
        String text = text(name);
        Optional<UUID> id = text == null ? Optional.empty() : Ids.parse(text);
        if (text != null && id.isEmpty()) {
            wrong(name, "must be an id, such as 3f2504e0-4f89-41d3-9a0c-0305e82c3301");
        }
        return id.orElse(null);
    }

    /** The first digits of an id, or null. */
    public String idPrefix(String name) {
        return prefix(name, ID_PREFIX, "must be at least the first 8 characters of an id, such as 3f2504e0");
    }

    /** The first digits of a trace id, or null. */
    public String tracePrefix(String name) {
        return prefix(
                name, TRACE_PREFIX, "must be at least the first 8 of the 32 digits of a trace id, such as 4bf92f35");
    }

    private String prefix(String name, Pattern pattern, String message) {
        String text = text(name);
        boolean holds = text == null || pattern.matcher(text).matches();
        if (!holds) {
            wrong(name, message);
        }
        return holds ? text : null;
    }

    /** The fingerprint of a failure, or null. */
    public String failure(String name) {
        String text = text(name);
        boolean holds = text == null || FAILURE.matcher(text).matches();
        if (!holds) {
            wrong(name, "must be the failure of a job or of a group in /v1/failures, such as 5f0c9a1be24d7783");
        }
        return holds ? text : null;
    }

    /** Adds an error of a parameter. */
    public void wrong(String name, String message) {
        if (errors.size() < Refusal.MOST_ERRORS) {
            errors.add(new FieldError(at + "/" + name, message));
        }
    }

    /** The first errors so far. */
    public List<FieldError> errors() {
        return List.copyOf(errors);
    }

    /** Refuses the request if there are errors. */
    public void check() {
        Refusal.ifAny(errors(), null);
    }
}
