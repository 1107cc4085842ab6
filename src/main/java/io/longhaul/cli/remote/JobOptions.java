package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.client.JobRequest;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import picocli.CommandLine.Option;

/** The options of a job to submit. */
final class JobOptions {
    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "makes the job once, however often this is run")
    private String idempotencyKey;

    @Option(names = "--priority", paramLabel = "0..10", description = "10 runs first")
    private Integer priority;

    @Option(
            names = "--run-at",
            paramLabel = "TIME",
            converter = Values.OfFuture.class,
            description = "starts it at this time, or after a duration such as 2h, at the earliest")
    private Instant runAt;

    @Option(names = "--timeout", paramLabel = "DURATION", description = "limits each attempt")
    private Duration timeout;

    @Option(
            names = "--start-within",
            paramLabel = "DURATION",
            description = "fails if no worker begins it in this time; without it, it waits as long as it must")
    private Duration startWithin;

    @Option(names = "--max-attempts", paramLabel = "N", description = "number of attempts that may fail")
    private Integer maxAttempts;

    @Option(names = "--ttl", paramLabel = "HOURS", description = "how long the job is kept after its end")
    private Integer ttl;

    @Option(names = "--after", paramLabel = "ID", description = "waits until this job has completed; may be repeated")
    private List<UUID> after;

    @Option(names = "--after-any", description = "starts behind these jobs also if they fail or are cancelled")
    private boolean afterAny;

    @Option(
            names = "--retry",
            paramLabel = "JSON",
            description = "waits between attempts, such as {\"backoff\": \"10s\"}, members as in the API; @FILE or -")
    private String retry;

    @Option(
            names = "--on-worker-loss",
            paramLabel = "retry|fail",
            description = "what becomes of it when its node dies; without it, as the tool has it")
    private String onWorkerLoss;

    @Option(
            names = "--webhook",
            paramLabel = "URL|ID|JSON",
            description = "an endpoint that is told of its end; JSON has members as in the API; @FILE or -")
    private String webhook;

    @Option(names = "--concurrency-key", paramLabel = "KEY", description = "jobs with the same key take turns")
    private String concurrencyKey;

    @Option(
            names = "--fairness-key",
            paramLabel = "KEY",
            description = "jobs of the tool with different keys get equal shares")
    private String fairnessKey;

    @Option(names = "--set", paramLabel = "JSON", description = "more members of the body, named as in the API")
    private String more;

    /**
     * A request with these options.
     *
     * @param params as given, or null
     */
    JobRequest request(String tool, ObjectNode params, InputStream in) {
        JobRequest with = JobRequest.of(tool, JsonNodeFactory.instance.objectNode());
        ObjectNode set = more == null ? JsonNodeFactory.instance.objectNode() : Params.of("--set", more, in);
        for (Map.Entry<String, JsonNode> member : set.properties()) {
            with = with.with(member.getKey(), member.getValue());
        }
        if (idempotencyKey == null) {
            idempotencyKey =
                    set.path("idempotency_key").asText(UUID.randomUUID().toString());
        }
        with = text(with, "tool", tool);
        with = params == null ? with : with.with("params", params);
        with = runAt == null ? with : with.runAt(runAt);
        with = timeout == null ? with : with.timeout(timeout);
        with = startWithin == null ? with : with.startWithin(startWithin);
        with = after == null ? with : with.after(after.toArray(UUID[]::new));
        with = afterAny ? with.with("after_any", BooleanNode.TRUE) : with;
        with = retry == null ? with : with.with("retry", Params.of("--retry", retry, in));
        with = webhook == null ? with : with.with("webhook", endpoint(in));
        with = text(with, "on_worker_loss", onWorkerLoss);
        with = text(with, "idempotency_key", idempotencyKey);
        with = text(with, "concurrency_key", concurrencyKey);
        with = text(with, "fairness_key", fairnessKey);
        with = number(with, "priority", priority);
        with = number(with, "max_attempts", maxAttempts);
        return number(with, "ttl_hours", ttl);
    }

    /** The key of the request, given or made. */
    String key() {
        return idempotencyKey;
    }

    private ObjectNode endpoint(InputStream in) {
        if (webhook.startsWith("{") || webhook.startsWith("@") || webhook.equals("-")) {
            return Params.of("--webhook", webhook, in);
        }
        return JsonNodeFactory.instance.objectNode().put(Values.isId(webhook) ? "id" : "url", webhook);
    }

    private static JobRequest text(JobRequest request, String name, String value) {
        return value == null ? request : request.with(name, TextNode.valueOf(value));
    }

    private static JobRequest number(JobRequest request, String name, Integer value) {
        return value == null ? request : request.with(name, IntNode.valueOf(value));
    }
}
