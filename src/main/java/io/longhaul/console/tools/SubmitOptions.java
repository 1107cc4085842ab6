package io.longhaul.console.tools;

import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.console.FormData;
import io.longhaul.console.Words;
import io.longhaul.console.forms.Field;
import io.longhaul.jobs.Job;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The options of a submit that its form offers.
 *
 * @param values what was entered, by name; empty for nothing
 */
record SubmitOptions(Map<String, String> values) {
    private static final String START_WITHIN = "start_within_seconds";

    private static final List<Known> KNOWN = List.of(
            new Known("priority", "Priority", Field.Kind.NUMBER, "0 to 10; 10 goes first"),
            new Known("run_at", "Not before", Field.Kind.TIME, "In UTC, where it is %s now. Empty: as soon as it can."),
            new Known("max_attempts", "Attempts at most", Field.Kind.NUMBER, "1 to 100. Empty: as its tool says."),
            new Known(
                    "timeout_seconds",
                    "Seconds for an attempt",
                    Field.Kind.NUMBER,
                    "Then the attempt is stopped. Empty: as its tool says."),
            new Known(
                    START_WITHIN,
                    "Seconds until it must begin",
                    Field.Kind.NUMBER,
                    "Then it fails if it has not begun. Empty: as its tool says."));

    /** A time as browsers send it, without a zone. */
    private static final Pattern LOCAL = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?");

    private record Known(String name, String label, Field.Kind kind, String hint) {}

    /** Those of a form that was sent. */
    static SubmitOptions of(FormData form) {
        Map<String, String> values = new LinkedHashMap<>();
        KNOWN.forEach(one -> values.put(one.name, form.text(one.name).strip()));
        return new SubmitOptions(values);
    }

    /** Those of a former run that hold for another one as well; none for null. */
    static SubmitOptions of(Job former) {
        Map<String, String> values = new LinkedHashMap<>();
        if (former != null && former.priority() != 0) {
            values.put("priority", Integer.toString(former.priority()));
        }
        Integer limit = former == null ? null : former.extras().startWithinSeconds();
        if (limit != null && limit != 0) {
            values.put(START_WITHIN, limit.toString());
        }
        return new SubmitOptions(values);
    }

    /** True if a field shows the error. */
    static boolean shows(FieldError error) {
        return KNOWN.stream().anyMatch(one -> error.pointer().equals("/" + one.name));
    }

    /** The fields of a form; their ids begin with its name. */
    List<Field> fields(String form, List<FieldError> errors) {
        return KNOWN.stream()
                .map(one -> new Field(
                        form + "-" + one.name.replace('_', '-'),
                        one.name,
                        one.label,
                        one.kind,
                        false,
                        one.hint.formatted(Words.minute(Instant.now())),
                        Map.of(),
                        values.getOrDefault(one.name, ""),
                        null,
                        errors.stream()
                                .filter(error -> error.pointer().equals("/" + one.name))
                                .map(FieldError::message)
                                .toList()))
                .toList();
    }

    /** What was entered as members of a JSON object, each after a comma. */
    String members() {
        StringBuilder members = new StringBuilder();
        for (Known one : KNOWN) {
            String sent = values.getOrDefault(one.name, "");
            if (!sent.isEmpty()) {
                members.append(",\"").append(one.name).append("\":").append(value(sent, one.kind));
            }
        }
        return members.toString();
    }

    private static String value(String sent, Field.Kind kind) {
        if (kind == Field.Kind.NUMBER && sent.matches("-?[0-9]{1,9}")) {
            return String.valueOf(Integer.parseInt(sent));
        }
        boolean isLocal = kind == Field.Kind.TIME && LOCAL.matcher(sent).matches();
        return TextNode.valueOf(isLocal ? sent + "Z" : sent).toString();
    }
}
