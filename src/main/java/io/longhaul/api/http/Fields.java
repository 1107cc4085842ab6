package io.longhaul.api.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.Problem.FieldError;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the members of a request body and collects all their errors. For members without a default, null means the same as
 * leaving the member out.
 */
public final class Fields {
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-01-01T00:00:00Z");

    private static final int LONGEST_SHOWN = 100;

    /** Each takes a search for what was meant, and a body may have a hundred thousand. */
    private static final int MOST_UNKNOWN = UnknownMembers.MOST;

    private final ObjectNode object;
    private final String at;
    private final List<FieldError> errors = new ArrayList<>();
    private final Set<String> known = new LinkedHashSet<>();
    private final List<FieldError> within = new ArrayList<>();

    public Fields(ObjectNode object) {
        this(object, "");
    }

    /** Reads an object within the body; {@code at} is the JSON Pointer to it. */
    public Fields(ObjectNode object, String at) {
        this.object = object;
        this.at = at;
    }

    /** The first errors so far. */
    public List<FieldError> errors() {
        return List.copyOf(errors);
    }

    /** The first members that were not asked for, with what was probably meant. */
    public List<FieldError> unknown() {
        List<FieldError> unknown = new ArrayList<>(unknown(object, at, known));
        unknown.addAll(within);
        return unknown;
    }

    /** Counts the members of an object within as unknown that are not among these. */
    public void within(String name, ObjectNode part, Collection<String> itsMembers) {
        within.addAll(unknown(part, at + "/" + name, itsMembers));
    }

    /** Counts the unknown members of an object within as unknown. */
    public void within(String name, Fields part) {
        part.unknown().forEach(error -> within.add(new FieldError(at + "/" + name + error.pointer(), error.message())));
    }

    private static List<FieldError> unknown(ObjectNode object, String at, Collection<String> known) {
        List<FieldError> unknown = new ArrayList<>();
        for (Iterator<String> names = object.fieldNames(); names.hasNext() && unknown.size() < MOST_UNKNOWN; ) {
            String name = names.next();
            if (!known.contains(name)) {
                unknown.add(new FieldError(
                        at + "/" + shown(name), Suggestion.sentence("member of this request", shown(name), known)));
            }
        }
        return unknown;
    }

    /** A name in an answer: it may be as long as the request. */
    private static String shown(String name) {
        return name.length() > LONGEST_SHOWN ? name.substring(0, LONGEST_SHOWN) + "..." : name;
    }

    /** Refuses unknown members, for requests that would do more if one were ignored. */
    public void onlyKnown(Class<? extends Record> request) {
        List<String> all = Arrays.stream(request.getRecordComponents())
                .map(component -> SnakeCaseStrategy.INSTANCE.translate(component.getName()))
                .toList();
        errors.addAll(unknown(object, at, all));
    }

    /** Any JSON, or the default. */
    public JsonNode any(String name, JsonNode fallback) {
        JsonNode value = get(name);
        return value == null ? fallback : value;
    }

    /** Text; null after an error. */
    public String requiredText(String name) {
        JsonNode value = get(name);
        if (value == null || value.isNull()) {
            wrong(name, "is missing");
            return null;
        }
        return text(name, value);
    }

    /** Text or null. */
    public String optionalText(String name) {
        JsonNode value = get(name);
        return value == null || value.isNull() ? null : text(name, value);
    }

    /** A whole number within bounds, or the default. */
    public int wholeNumber(String name, int least, int most, int fallback) {
        Integer number = optionalWholeNumber(name, least, most);
        return number == null ? fallback : number;
    }

    /** A whole number within bounds, or null. */
    public Integer optionalWholeNumber(String name, int least, int most) {
        JsonNode value = get(name);
        return value == null || value.isNull() ? null : inRange(name, value, least, most);
    }

    /** A time with offset, or null. Cut to microseconds, which is what the database keeps. */
    public Instant optionalTime(String name) {
        String text = optionalText(name);
        if (text == null) {
            return null;
        }
        try {
            Instant time = OffsetDateTime.parse(text).toInstant().truncatedTo(ChronoUnit.MICROS);
            boolean holds = !time.isBefore(EARLIEST) && time.isBefore(LATEST);
            if (holds) {
                return time;
            }
            wrong(name, "must be a time from the years 1970 to 9998");
        } catch (DateTimeException e) {
            wrong(name, "must be a time in ISO-8601 with offset, such as 2026-11-01T12:00:00Z");
        }
        return null;
    }

    /** True or false, or the default. */
    public boolean bool(String name, boolean fallback) {
        JsonNode value = any(name, MissingNode.getInstance());
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        if (!value.isMissingNode() && !value.isNull()) {
            wrong(name, "must be true or false");
        }
        return fallback;
    }

    /** One of some texts, or the default. */
    public String oneOf(String name, List<String> labels, String fallback) {
        String text = optionalText(name);
        if (text == null || labels.contains(text)) {
            return text == null ? fallback : text;
        }
        wrong(name, Suggestion.oneOf(text, labels));
        return fallback;
    }

    /** The length of a text in Unicode characters, as PostgreSQL and JSON Schema count, and not in units of UTF-16. */
    public static int characters(String text) {
        return text.codePointCount(0, text.length());
    }

    private JsonNode get(String name) {
        known.add(name);
        return object.get(name);
    }

    /** Adds an error that was made elsewhere. */
    void wrong(FieldError error) {
        if (errors.size() < Refusal.MOST_ERRORS) {
            errors.add(error);
        }
    }

    /** Adds an error of a member. */
    public void wrong(String name, String message) {
        wrong(new FieldError(at + "/" + name, message));
    }

    /** Refuses the request if there are errors. */
    public void check(String tool) {
        Refusal.ifAny(errors, tool);
    }

    private Integer inRange(String name, JsonNode value, int least, int most) {
        if (value.isNumber()) {
            try {
                // As a decimal, because 2.0 and 2e0 are whole numbers, too.
                int number = value.decimalValue().intValueExact();
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (ArithmeticException e) {
                // Not such a number: same message as below.
            }
        }
        wrong(name, "must be a whole number from " + least + " to " + most);
        return null;
    }

    private String text(String name, JsonNode value) {
        if (value.isTextual() && !value.textValue().isEmpty()) {
            return value.textValue();
        }
        wrong(name, "must be text, and not empty");
        return null;
    }
}
