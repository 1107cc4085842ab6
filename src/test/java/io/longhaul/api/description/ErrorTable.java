package io.longhaul.api.description;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.jobs.JobError;
import io.longhaul.readiness.Condition;
import io.longhaul.tools.spi.FailureKind;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes the table of all error codes, of the API and of jobs, from their Javadoc: the error, and after "Cure:" its cure. */
final class ErrorTable {
    private static final String CURE = "Cure: ";

    private ErrorTable() {}

    /** The meaning of a code. */
    static String meaning(SourceDocs docs, ErrorCode code) {
        return parts(docs, code)[0].strip();
    }

    private static String[] parts(SourceDocs docs, Enum<?> code) {
        String[] parts = docs.of(code.getDeclaringClass(), code.name()).whole().split(CURE, 2);
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
        String jobs = Stream.concat(Arrays.stream(FailureKind.values()), Arrays.stream(JobError.values()))
                .map(code -> "| `%s` | %s | %s |\n"
                        .formatted(code, parts(docs, code)[0].strip(), parts(docs, code)[1].strip()))
                .collect(Collectors.joining());
        return """
                # Errors

                Every error of the API is a problem (RFC 9457, `application/problem+json`) with a stable `error_code`, a `detail` in
                words, the `trace_id` under which the server's log tells more, and `errors` with JSON pointers to the places that are
                wrong. A code never changes its meaning. These tables are made from the code by `OpenApiTest`.

                On this page: [Codes of requests](#codes-of-requests) · [Codes of jobs](#codes-of-jobs) · [Codes elsewhere](#codes-elsewhere)

                ## Codes of requests
                | status | `error_code` | means | what helps | `Retry-After` |
                |---|---|---|---|---|
                %s
                ## Codes of jobs
                A job that ended badly has one of these as its `error_code`, and the words in its `error`. Failed attempts are retried as
                the tool says, where nothing else stands here.

                | `error_code` | means | what helps |
                |---|---|---|
                %s
                "Never retried" holds for tools of the server; a remote worker says itself whether its failure is `retryable`.

                ## Codes elsewhere
                An attempt that did not fail also has a code, in `GET /v1/jobs/{id}/attempts`: `GIVEN_BACK` if its node stopped, and
                `WAITING_FOR_INPUT` if its tool asked something. `POST /v1/mcp/invoke` says `STILL_RUNNING` of a job that goes on, and
                `CANCELLED`. An operation skips jobs that are `ALREADY_ENDED`. Conditions of `/readyz` and `/health` have these,
                each with a message and a cure, for callers [who may know them](operations.md#ask-a-node):

                | `error_code` | means |
                |---|---|
                %s""".formatted(rows, jobs, conditions(docs));
    }

    private static String conditions(SourceDocs docs) {
        return Arrays.stream(Condition.class.getFields())
                .map(Field::getName)
                .map(code -> "| `%s` | %s |\n"
                        .formatted(code, docs.of(Condition.class, code).whole()))
                .collect(Collectors.joining());
    }

    private static String row(SourceDocs docs, ErrorCode code) {
        String later = code.retryAfterSeconds() == 0 ? "" : code.retryAfterSeconds() + " s";
        String[] parts = parts(docs, code);
        return "| %s | `%s` | %s | %s | %s |\n"
                .formatted(code.status(), code, parts[0].strip(), parts[1].strip(), later);
    }
}
