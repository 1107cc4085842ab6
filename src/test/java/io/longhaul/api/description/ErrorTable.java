package io.longhaul.api.description;

import io.longhaul.api.http.ErrorCode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;

/** Makes the table of all error codes from their Javadoc: the error, and after "Cure:" its cure. */
final class ErrorTable {
    private static final String CURE = "Cure: ";

    private ErrorTable() {}

    /** The meaning of a code. */
    static String meaning(SourceDocs docs, ErrorCode code) {
        return parts(docs, code)[0].strip();
    }

    private static String[] parts(SourceDocs docs, ErrorCode code) {
        String[] parts = docs.of(ErrorCode.class, code.name()).whole().split(CURE, 2);
        if (parts.length != 2) {
            throw new AssertionError("The Javadoc of " + code + " has no \"" + CURE + "\": say what its reader can do");
        }
        return parts;
    }

    static String markdown(SourceDocs docs) {
        String rows = Arrays.stream(ErrorCode.values())
                .sorted(Comparator.comparingInt(ErrorCode::status))
                .map(code -> row(docs, code))
                .collect(Collectors.joining());
        return """
                # Errors

                Every error of the API is a problem (RFC 9457, `application/problem+json`) with a stable `error_code`, a `detail` in
                words, the `trace_id` under which the server's log tells more, and `errors` with JSON pointers to the places that are
                wrong. A code never changes its meaning. This table is made from the code by `OpenApiTest`.

                | status | `error_code` | means | what helps | `Retry-After` |
                |---|---|---|---|---|
                %s
                A job that failed has an `error_code` of its own, for example `TOOL_ERROR` or `TIMEOUT`: see [tools.md](tools.md).
                """.formatted(rows);
    }

    private static String row(SourceDocs docs, ErrorCode code) {
        String[] parts = parts(docs, code);
        return "| %d | `%s` | %s | %s | %s |\n"
                .formatted(
                        code.status(),
                        code,
                        parts[0].strip(),
                        parts[1].strip(),
                        code.retryAfterSeconds() == 0 ? "" : code.retryAfterSeconds() + " s");
    }
}
