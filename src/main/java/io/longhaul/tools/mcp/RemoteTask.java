package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.ToolCall;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Work that a server continues after it has answered: polled until it is done, in the way of either era. */
final class RemoteTask {
    private static final Duration ANSWER = Duration.ofSeconds(30);
    private static final long USUAL_PAUSE = 1000;
    private static final long LONGEST_PAUSE = 5000;

    private final Session session;
    private final ToolCall call;
    private final KeptTask kept;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final ServerQuestions questions;
    private final Set<String> answered = new HashSet<>();
    private JsonNode task;

    RemoteTask(Session session, ToolCall call, KeptTask kept, JsonNode task) {
        this.session = session;
        this.call = call;
        this.kept = kept;
        this.task = task;
        this.questions = new ServerQuestions(call);
        call.onCancel(cancelled::countDown);
    }

    /** Asks whether the server still knows a task that a lost attempt left. */
    boolean isKnown() throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        try {
            task = request(Methods.TASKS_GET);
            return true;
        } catch (RpcException e) {
            if (e.isTransient()) {
                throw e;
            }
            return false;
        } catch (InterruptedException e) {
            leave();
            throw e;
        }
    }

    /** Waits for the answer that a call without a task would have. */
    JsonNode await() throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        try {
            while (true) {
                report();
                switch (task.path("status").asText()) {
                    case "completed", "failed" -> {
                        return result();
                    }
                    case "cancelled" -> throw new RpcException(0, "the server cancelled the task");
                    case "input_required" -> {
                        if (!session.isModern()) {
                            return resultWithQuestions();
                        }
                        answer();
                    }
                    default -> pause();
                }
                task = request(Methods.TASKS_GET);
            }
        } catch (InterruptedException | RuntimeException e) {
            leave();
            throw e;
        }
    }

    /** Passes on what the task asks, and gives the server the answers. */
    private void answer()
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        JsonNode requests = task.path("inputRequests");
        ObjectNode unanswered = Rpc.object();
        requests.properties().stream()
                .filter(request -> !answered.contains(request.getKey()))
                .forEach(request -> unanswered.set(request.getKey(), request.getValue()));
        if (unanswered.isEmpty()) {
            // The server has the answers, and says so soon.
            pause();
            return;
        }
        ObjectNode update = named();
        update.set("inputResponses", questions.askAll(unanswered));
        session.request(Methods.TASKS_UPDATE, update, ANSWER);
        unanswered.fieldNames().forEachRemaining(answered::add);
    }

    /** A server of the older era asks on the stream of the result. */
    private JsonNode resultWithQuestions()
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        String id = task.path("taskId").asText();
        PendingRequest request =
                session.start(Methods.TASKS_RESULT, named(), new McpTool.Reporter(call, questions, id), Map.of());
        call.onCancel(() -> session.cancel(request, "the job was cancelled or is to run elsewhere"));
        try {
            return session.await(request, null);
        } catch (InterruptedException e) {
            session.cancel(request, "the job was cancelled or is to run elsewhere");
            throw e;
        } catch (RpcException e) {
            // The next attempt calls again: nobody wants this task, which may still wait for an answer.
            leave();
            throw e;
        }
    }

    private void report() {
        String message = task.path("statusMessage").asText(null);
        if (message != null) {
            call.progress(Double.NaN, Storable.text(message));
        }
    }

    private JsonNode result()
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        if (!session.isModern()) {
            return request(Methods.TASKS_RESULT);
        }
        JsonNode error = task.path("error");
        if (error.isObject()) {
            throw new RpcException(
                    error.path("code").asInt(), error.path("message").asText());
        }
        return task.path("result");
    }

    private void pause() throws InterruptedException {
        long wanted = task.path(session.isModern() ? "pollIntervalMs" : "pollInterval")
                .asLong(USUAL_PAUSE);
        if (cancelled.await(Math.max(20, Math.min(LONGEST_PAUSE, wanted)), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException("cancelled");
        }
    }

    private JsonNode request(String method)
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        return session.request(method, named(), ANSWER);
    }

    private ObjectNode named() {
        return Rpc.object().put("taskId", task.path("taskId").asText());
    }

    /** Cancels the task with its call, unless another attempt has taken it over, or will. */
    private void leave() {
        if (kept.stop(call)) {
            cancel();
        }
    }

    /** Does not wait: the call is over, whether the server stops or not. */
    private void cancel() {
        try {
            session.start(Methods.TASKS_CANCEL, named(), PendingRequest.Listener.NONE, Map.of());
        } catch (LostException e) {
            // The task most likely ended with its server.
        }
    }
}
