package io.longhaul.tools.http;

import io.longhaul.tools.CallFailure;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
            CompletableFuture<HttpResponse<Void>> told = wire.client().sendAsync(request, BodyHandlers.discarding());
            var unused =
                    told.whenComplete((answer, failure) -> note(failure, answer == null ? 0 : answer.statusCode()));
            // A request's timeout covers the answer's headers only, and the body may never end.
            CompletableFuture.delayedExecutor(CANCEL_TIME.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> told.cancel(true));
        } catch (CallFailure failure) {
            LOG.warn("Tool {}: the server cannot be told to stop: {}", description.name(), failure.getMessage());
        }
    }

    private void note(Throwable failure, int status) {
        if (failure != null || status >= 400) {
            LOG.warn(
                    "Tool {}: the server was told to stop and {}",
                    description.name(),
                    failure == null ? "answered " + status : "did not answer");
        }
    }
}
