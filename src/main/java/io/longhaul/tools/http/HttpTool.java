package io.longhaul.tools.http;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.net.http.HttpRequest;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls an HTTP server. */
final class HttpTool implements Tool {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.tools");
    private static final Duration CANCEL_TIME = Duration.ofSeconds(10);
    private static final ToolResult STOPPED =
            ToolResult.failure(FailureKind.TOOL_ERROR, "The call was stopped before its end.");

    private final ToolDescription description;
    private final ClientOptions wire;
    private final Plan plan;

    /**
     * The requests of a tool and the way to its result.
     *
     * @param rules for the answer to the first request
     * @param idempotencyHeader header that carries the job's id, or empty
     * @param cancel tells the server to stop, or null
     * @param keeper keeps the first answer where later requests need it
     */
    record Plan(
            RequestTemplate start,
            AnswerRules rules,
            String idempotencyHeader,
            Completion style,
            RequestTemplate cancel,
            KeptAnswer.Keeper keeper) {}

    HttpTool(ToolDescription description, ClientOptions wire, Plan plan) {
        this.description = description;
        this.wire = wire;
        this.plan = plan;
    }

    @Override
    public ToolDescription description() {
        return description;
    }

    @Override
    public ToolResult call(ToolCall call) throws InterruptedException {
        if (call.isCancelled()) {
            return STOPPED;
        }
        Conversation conversation = new Conversation(call, wire);
        KeptAnswer kept = plan.keeper().open(call, description.name());
        CallRequests requests = new CallRequests(conversation, plan, kept);
        try {
            ToolResult result = result(conversation, requests);
            kept.end();
            return result;
        } catch (InterruptedException e) {
            if (kept.stop(call)) {
                stopServer(requests);
            }
            throw e;
        }
    }

    private ToolResult result(Conversation conversation, CallRequests requests) throws InterruptedException {
        try {
            return plan.style().run(conversation, requests);
        } catch (CallFailure failure) {
            return failure.result();
        }
    }

    /** Does not wait: the call is over, whether the server stops or not. */
    private void stopServer(CallRequests requests) {
        if (plan.cancel() == null || !requests.started()) {
            return;
        }
        try {
            HttpRequest request = HttpRequest.newBuilder(requests.fill(plan.cancel()), (name, value) -> true)
                    .timeout(CANCEL_TIME)
                    .build();
            var unused = Notice.send(wire, request, CANCEL_TIME)
                    .whenComplete((answer, failure) -> note(failure, answer == null ? 0 : answer.status()));
        } catch (CallFailure failure) {
            LOG.warn("Tool {}: the server cannot be told to stop: {}", description.name(), failure.getMessage());
        }
    }

    private static String unanswered(Throwable failure) {
        return failure.getCause() instanceof CallFailure nowhere ? "failed: " + nowhere.getMessage() : "did not answer";
    }

    private void note(Throwable failure, int status) {
        if (failure != null || status / 100 != 2) {
            LOG.warn(
                    "Tool {}: the server was told to stop and {}",
                    description.name(),
                    failure == null ? "answered " + status : unanswered(failure));
        }
    }
}
