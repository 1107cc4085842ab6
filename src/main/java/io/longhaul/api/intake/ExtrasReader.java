package io.longhaul.api.intake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.dropwizard.util.Duration;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.http.Ids;
import io.longhaul.jobs.JobExtras;
import io.longhaul.tools.ToolPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/** Reads the rarer options of a submission: retry policy, keys, predecessors and webhook. */
public final class ExtrasReader {
    public static final String RETRY = "retry";
    public static final String ON_WORKER_LOSS = "on_worker_loss";
    public static final String AFTER = "after";
    public static final String AFTER_ANY = "after_any";
    public static final String WEBHOOK = "webhook";
    public static final String START_WITHIN = "start_within_seconds";

    private static final int LONGEST_START = (int) ToolPolicy.LONGEST_START.toSeconds();

    private static final int MOST_PREDECESSORS = 100;

    /** The default of tools. */
    private static final int USUAL_LOSSES = 3;

    private static final Duration LONGEST_BACKOFF = Duration.days(7);

    /** The short unit names of the tool configuration. */
    private static final Pattern DURATION = Pattern.compile("[0-9]{1,9} ?(ms|s|m|h|d)");

    private ExtrasReader() {}

    static JobExtras read(Fields fields) {
        JobExtras extras = JobExtras.of(read -> {
            read.retry = retry(fields);
            read.maxLosses = losses(fields);
            read.concurrencyKey = IdempotencyKey.likewise("concurrency_key", fields);
            read.fairnessKey = IdempotencyKey.likewise("fairness_key", fields);
            read.after = after(fields);
            read.afterAny = fields.bool(AFTER_ANY, false);
            read.webhook = OwnWebhookReader.read(fields);
            read.startWithinSeconds = fields.optionalWholeNumber(START_WITHIN, 1, LONGEST_START);
        });
        if (extras.after().isEmpty() && extras.afterAny()) {
            fields.wrong(AFTER_ANY, "means nothing without after: leave it out, or name the jobs to run after");
        }
        return extras.equals(JobExtras.NONE) ? JobExtras.NONE : extras;
    }

    private static Integer losses(Fields fields) {
        String label = fields.oneOf(ON_WORKER_LOSS, List.of(RETRY, "fail"), null);
        return label == null ? null : label.equals(RETRY) ? Integer.valueOf(USUAL_LOSSES) : Integer.valueOf(0);
    }

    private static JobExtras.Backoff retry(Fields fields) {
        JsonNode value = fields.any(RETRY, JsonNodeFactory.instance.nullNode());
        if (value.isNull()) {
            return null;
        }
        if (!(value instanceof ObjectNode retry)) {
            fields.wrong(RETRY, "must be an object with backoff, multiplier, max_backoff, jitter");
            return null;
        }
        fields.within(RETRY, retry, List.of("backoff", "multiplier", "max_backoff", "jitter"));
        Long backoff = millis(fields, retry, "backoff");
        Long most = millis(fields, retry, "max_backoff");
        if (backoff != null && most != null && most < backoff) {
            fields.wrong(RETRY + "/max_backoff", "is shorter than backoff: raise it, or lower backoff");
        }
        return new JobExtras.Backoff(
                backoff, number(fields, retry, "multiplier", 1, 100), most, number(fields, retry, "jitter", 0, 1));
    }

    private static Long millis(Fields fields, ObjectNode retry, String name) {
        JsonNode value = retry.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (value.isTextual() && DURATION.matcher(value.textValue()).matches()) {
            long millis = Duration.parse(value.textValue()).toMilliseconds();
            if (millis <= LONGEST_BACKOFF.toMilliseconds()) {
                return millis;
            }
        }
        fields.wrong(RETRY + "/" + name, "must be a duration from 0s to 7d, such as 500ms, 5s, 10m or 1h");
        return null;
    }

    private static Double number(Fields fields, ObjectNode retry, String name, int least, int most) {
        JsonNode value = retry.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (value.isNumber() && value.doubleValue() >= least && value.doubleValue() <= most) {
            return value.doubleValue();
        }
        fields.wrong(RETRY + "/" + name, "must be a number from " + least + " to " + most);
        return null;
    }

    private static List<UUID> after(Fields fields) {
        JsonNode value = fields.any(AFTER, JsonNodeFactory.instance.nullNode());
        if (value.isNull()) {
            return List.of();
        }
        if (!value.isArray() || value.isEmpty() || value.size() > MOST_PREDECESSORS) {
            fields.wrong(AFTER, "must be a list of 1 to " + MOST_PREDECESSORS + " ids of jobs");
            return List.of();
        }
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            UUID id = Ids.parse(value.get(i).asText()).orElse(null);
            if (id == null || !value.get(i).isTextual()) {
                fields.wrong(AFTER + "/" + i, "must be the id of a job");
            } else if (!ids.contains(id)) {
                ids.add(id);
            }
        }
        return List.copyOf(ids);
    }
}
