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
import java.util.concurrent.TimeoutException;

/** Work that a server continues after it has answered: polled until it is done, in the way of either era. */
final class RemoteTask {
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final CallSession session;
    private final ToolCall call;
    private final KeptTask kept;
    private final InputRequired.Pause pause;
    private final Patience patienceForResult;
    private final ServerQuestions questions;
    private final Set<String> answered = new HashSet<>();
    private final String id;
    private JsonNode task;

    /** {@code task} names the task. */
    RemoteTask(CallSession session, ToolCall call, KeptTask kept, JsonNode task) {
        this(session, call, kept, task, new CallPause(call)::await);
    }

    /** For tests: with other pauses. */
    RemoteTask(CallSession session, ToolCall call, KeptTask kept, JsonNode task, InputRequired.Pause pause) {
        this.session = session;
        this.call = call;
        this.kept = kept;
        this.task = task;
        this.questions = new ServerQuestions(call);
        this.id = task.path("taskId").asText();
        this.pause = pause;
        this.patienceForResult = new Patience(pause);
    }

    /** Asks whether the server still knows a task that a lost attempt left. */
    boolean isKnown() throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        try {
            task = get();
            return true;
        } catch (RpcException e) {
            if (e.isMalformed()) {
                leave();
            }
            if (e.isTransient() || e.isMalformed()) {
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
                        if (session.now().isModern()) {
                            answer();
                        } else {
                            JsonNode result = resultWithQuestions();
                            if (result != null) {
                                return result;
                            }
                        }
                    }
                    default -> pause();
                }
                task = get();
            }
        } catch (InterruptedException | RuntimeException e) {
            leave();
            throw e;
        } catch (RpcException e) {
            if (e.isMalformed()) {
                leave();
            }
            throw e;
        }
    }

    /** Passes on what the task asks, and gives the server the answers. */
    private void answer()
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        JsonNode requests = task.path("inputRequests");
        AskedInput.checkAll(requests);
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
        request(Methods.TASKS_UPDATE, update);
        unanswered.fieldNames().forEachRemaining(answered::add);
    }

    /**
     * A server of the older era asks on the stream of the result. Null if that was lost or not to be had, so that it is
     * to be polled again.
     */
    private JsonNode resultWithQuestions()
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        Session asking = session.now();
        try {
            return resultWithQuestions(asking);
        } catch (LostException e) {
            renew(e);
            return null;
        } catch (RpcException e) {
            if (e.isUnavailable() && patienceForResult.lasts()) {
                return null;
            }
            // The next attempt calls again: nobody wants this task, which may still wait for an answer.
            leave();
            throw e;
        }
    }

    private JsonNode resultWithQuestions(Session asking)
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        PendingRequest request =
                asking.start(Methods.TASKS_RESULT, named(), new McpTool.Reporter(call, questions, id), Map.of());
        call.onCancel(() -> asking.cancel(request, "the job was cancelled or is to run elsewhere"));
        try {
            return asking.await(request, null);
        } catch (InterruptedException e) {
            asking.cancel(request, "the job was cancelled or is to run elsewhere");
            throw e;
        }
    }

    private void report() {
        String message = task.path("statusMessage").textValue();
        if (message != null) {
            call.progress(Double.NaN, Storable.text(message));
        }
    }

    private JsonNode result()
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        return session.now().isModern()
                ? TaskState.result(task)
                : TaskState.ofFailed(task, request(Methods.TASKS_RESULT, named()));
    }

    private void pause() throws InterruptedException {
        pause.await(TaskState.pause(task, session.now().isModern()));
    }

    private JsonNode get()
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        return TaskState.checked(request(Methods.TASKS_GET, named()), id);
    }

    /**
     * Asks about the task; again in the next session, and if there is no answer or one that may be different later,
     * because that does no work twice.
     */
    private JsonNode request(String method, ObjectNode params)
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        LostException lost = null;
        Patience patience = new Patience(pause);
        while (true) {
            try {
                JsonNode answer = session.now().request(method, params.deepCopy(), ANSWER);
                session.works();
                return answer;
            } catch (LostException e) {
                lost = renew(e);
            } catch (TimeoutException e) {
                goOn(patience, e);
            } catch (RpcException e) {
                if (lost != null && !e.isTransient()) {
                    // The task has ended with the session, most likely.
                    throw lost;
                }
                // An error that is told for the result may be that of the task, which is over then.
                if (!(method.equals(Methods.TASKS_RESULT) ? e.isUnavailable() : e.isTransient())) {
                    throw e;
                }
                goOn(patience, e);
            }
        }
    }

    /** Waits for the next question, or gives the task up: the next attempt calls again, so nobody wants it. */
    private <E extends Exception> void goOn(Patience patience, E failure) throws E, InterruptedException {
        if (!patience.lasts()) {
            leave();
            throw failure;
        }
    }

    /** Waits for the next session. Returns the loss as it is if the task went with it: nobody knows what was done. */
    private LostException renew(LostException e) throws LostException, InterruptedException {
        LostException unknown = new LostException(e.getMessage(), true);
        if (session.now().isProgram()) {
            throw unknown;
        }
        try {
            session.renew(unknown);
        } catch (LostException again) {
            throw new LostException(again.getMessage(), true);
        }
        return unknown;
    }

    private ObjectNode named() {
        return Rpc.object().put("taskId", id);
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
            session.now().start(Methods.TASKS_CANCEL, named(), PendingRequest.Listener.NONE, Map.of());
        } catch (LostException e) {
            // The task most likely ended with its server.
        }
    }
}
