package io.longhaul.api.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.access.CallerCheck;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;
import java.time.Duration;
import java.util.Collections;

/** Reads submissions from requests. A refusal lists all errors of form at once. */
public final class SubmissionReader {
    private static final int HIGHEST_PRIORITY = 10;

    /** The limit of a tool's own policy. */
    private static final int MOST_ATTEMPTS = 100;

    private static final int LONGEST_TIMEOUT_SECONDS =
            (int) Duration.ofDays(365).toSeconds();

    private static final int LONGEST_TOOL = 100;

    private final ApiConfiguration configuration;
    private final JsonBodies bodies;

    public SubmissionReader(ApiConfiguration configuration) {
        this.configuration = configuration;
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
    }

    public Submission read(InputStream body, HttpServletRequest request) {
        requireUtf8(request);
        Trace trace = Trace.in(request);
        Submission submission = bodies.read(body, object -> {
            Fields fields = new Fields(object);
            Submission read =
                    read(fields, trace.traceId(), key(fields, request)).under(trace.kept());
            UnknownMembers.check(fields, request);
            fields.check(read.tool());
            return read;
        });
        return CallerCheck.own(Caller.of(request), submission);
    }

    /** Reads a submission. If the fields have errors afterwards, it must not be used. */
    public Submission read(Fields fields, String traceId, String key) {
        String tool = tool(fields);
        JsonNode params = fields.any("params", JsonNodeFactory.instance.objectNode());
        Integer timeout = fields.optionalWholeNumber("timeout_seconds", 1, LONGEST_TIMEOUT_SECONDS);
        return new Submission(
                tool,
                JsonBodies.text(params),
                traceId,
                Duration.ofHours(fields.wholeNumber(
                        "ttl_hours", 1, hours(configuration.maxTtl()), hours(configuration.defaultTtl()))),
                fields.wholeNumber("priority", 0, HIGHEST_PRIORITY, 0),
                fields.optionalTime("run_at"),
                fields.optionalWholeNumber("max_attempts", 1, MOST_ATTEMPTS),
                timeout == null ? null : Duration.ofSeconds(timeout),
                key,
                ExtrasReader.read(fields));
    }

    private static String tool(Fields fields) {
        String tool = fields.requiredText("tool");
        if (tool != null && Fields.characters(tool) > LONGEST_TOOL) {
            fields.wrong("tool", "has more than " + LONGEST_TOOL + " characters");
        }
        return tool;
    }

    private static String key(Fields fields, HttpServletRequest request) {
        return IdempotencyKey.of(
                fields.optionalText(IdempotencyKey.FIELD),
                Collections.list(request.getHeaders(IdempotencyKey.HEADER)),
                fields);
    }

    /** JSON is UTF-8: text in another charset would be read wrongly. */
    public static void requireUtf8(HttpServletRequest request) {
        String charset = request.getCharacterEncoding();
        if (charset != null && !charset.equalsIgnoreCase("utf-8")) {
            throw new RefusedException(ErrorCode.UNSUPPORTED_MEDIA_TYPE);
        }
    }

    private static int hours(Duration duration) {
        return (int) duration.toHours();
    }
}
