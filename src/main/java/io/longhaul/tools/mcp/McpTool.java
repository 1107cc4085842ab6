package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.MirroredParams;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.tools.params.Storable;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.Tool;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolDescription;
import io.longhaul.tools.spi.ToolResult;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/** One tool of an MCP server. */
final class McpTool implements Tool {
    private static final ToolResult STOPPED =
            ToolResult.failure(FailureKind.TOOL_ERROR, "The call was stopped before its end.");

    private final ToolDescription description;
    private final McpServer server;
    private final Listed listed;
    private final KeptTask.Keeper keeper;

    /**
     * Properties of a listed tool.
     *
     * @param name the server's name for it
     * @param mirrored params that are sent in headers, too
     * @param needsTask whether the server runs it only as a task
     * @param repeatable whether a call with unknown outcome may be made again
     * @param retriesErrors whether a failure that the tool reports is worth another attempt
     */
    record Listed(String name, MirroredParams mirrored, boolean needsTask, boolean repeatable, boolean retriesErrors) {}

    McpTool(ToolDescription description, McpServer server, Listed listed, KeptTask.Keeper keeper) {
        this.description = description;
        this.server = server;
        this.listed = listed;
        this.keeper = keeper;
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
        KeptTask kept = keeper.open(call, description.name());
        ToolResult result = result(call, kept);
        kept.end();
        return result;
    }

    private ToolResult result(ToolCall call, KeptTask kept) throws InterruptedException {
        server.callBegins();
        try {
            return Results.of(answer(call, new CallSession(server::session), kept), listed.retriesErrors());
        } catch (LostException e) {
            return lost(e);
        } catch (TooLargeException e) {
            return ToolResult.failure(FailureKind.RESULT_TOO_LARGE, e.getMessage());
        } catch (RpcException e) {
            return failed(e);
        } catch (TimeoutException e) {
            return ToolResult.failure(FailureKind.TIMEOUT, "MCP server " + server.name() + " does not answer.");
        } finally {
            server.callEnds();
        }
    }

    private JsonNode answer(ToolCall call, CallSession session, KeptTask kept)
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        Optional<ObjectNode> left = kept.left(session.now().isModern());
        if (left.isPresent()) {
            RemoteTask task = new RemoteTask(session, call, kept, left.get());
            if (task.isKnown()) {
                return task.await();
            }
        }
        return called(call, session, kept);
    }

    private JsonNode called(ToolCall call, CallSession session, KeptTask kept)
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        ObjectNode params = Rpc.object().put("name", listed.name());
        params.set("arguments", call.params().isObject() ? call.params() : Rpc.object());
        call.traceparent().ifPresent(header -> Rpc.meta(params).put(Protocol.META_TRACE, header));
        boolean modern = session.now().isModern();
        boolean legacyTask = !modern && listed.needsTask();
        if (legacyTask) {
            params.putObject("task");
        }
        ServerQuestions questions = new ServerQuestions(call);
        InputRequired required = new InputRequired(questions, new CallPause(call)::await);
        JsonNode answer = sent(call, session, params, questions);
        while (InputRequired.is(answer)) {
            required.prepare(params, answer);
            answer = sent(call, session, params, questions);
        }
        if (legacyTask || answer.path("resultType").asText().equals("task")) {
            JsonNode task = legacyTask ? answer.path("task") : answer;
            TaskState.checkNew(task);
            RemoteTask remote = new RemoteTask(session, call, kept, task);
            kept.keep(task, modern);
            return remote.await();
        }
        return answer;
    }

    /** Calls; again in the next session if it is certain that the server did nothing. */
    private JsonNode sent(ToolCall call, CallSession session, ObjectNode params, ServerQuestions questions)
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        while (true) {
            try {
                JsonNode answer = sent(call, session.now(), params, questions);
                session.works();
                return answer;
            } catch (LostException e) {
                if (e.sent()) {
                    throw e;
                }
                session.renew(e);
            }
        }
    }

    private JsonNode sent(ToolCall call, Session session, ObjectNode params, ServerQuestions questions)
            throws LostException, RpcException, TooLargeException, TimeoutException, InterruptedException {
        PendingRequest request = session.start(
                Methods.TOOLS_CALL,
                params.deepCopy(),
                new Reporter(call, questions, null),
                listed.mirrored().in(call.params()));
        call.onCancel(() -> session.cancel(request, "the job was cancelled or is to run elsewhere"));
        try {
            return session.await(request, null);
        } catch (InterruptedException e) {
            session.cancel(request, "the job was cancelled or is to run elsewhere");
            throw e;
        }
    }

    private ToolResult lost(LostException e) {
        if (!e.sent()) {
            return ToolResult.failure(
                    FailureKind.UNAVAILABLE, "MCP server %s: %s.".formatted(server.name(), e.getMessage()));
        }
        String message = "MCP server %s was lost during the call (%s): whether the work was done is unknown."
                .formatted(server.name(), e.getMessage());
        return new ToolResult.Failure(FailureKind.UNAVAILABLE, message, listed.repeatable());
    }

    private ToolResult failed(RpcException e) {
        if (e.isMalformed()) {
            String message = "MCP server %s answered wrongly: %s.".formatted(server.name(), e.getMessage());
            return new ToolResult.Failure(FailureKind.TOOL_ERROR, Storable.text(message), false);
        }
        FailureKind kind = e.code() == RpcError.INVALID_PARAMS
                ? FailureKind.INVALID_PARAMS
                : e.code() == 429 || e.code() == 502 || e.code() == 503 || e.code() == 504
                        ? FailureKind.UNAVAILABLE
                        : FailureKind.TOOL_ERROR;
        return new ToolResult.Failure(kind, "The server answered: " + e.getMessage(), e.isTransient());
    }

    /** Passes progress, log lines and questions of the server on to the call, which may wait for a task. */
    record Reporter(ToolCall call, ServerQuestions questions, String task) implements PendingRequest.Listener {
        /** On another thread: the one that reads from the server must not wait for the database. */
        @Override
        public CompletableFuture<ObjectNode> asked(JsonNode request) {
            String method = request.path("method").asText();
            return method.equals("elicitation/create")
                    ? CompletableFuture.completedFuture(request).thenComposeAsync(this::question, QuestionThreads.ALL)
                    : null;
        }

        private CompletableFuture<ObjectNode> question(JsonNode request) {
            try {
                return questions.ask("elicitation", request);
            } catch (RpcException e) {
                return CompletableFuture.failedFuture(e);
            } catch (InterruptedException e) {
                // The call ends: the server gets no answer.
                Thread.currentThread().interrupt();
                return new CompletableFuture<>();
            }
        }

        @Override
        public void progress(JsonNode params) {
            double total = params.path("total").asDouble(0);
            double fraction = total > 0 ? params.path("progress").asDouble() / total : Double.NaN;
            String message = params.path("message").asText(null);
            call.progress(fraction, message == null ? null : Storable.text(message));
        }

        @Override
        public void log(String text) {
            text.lines().map(Storable::text).forEach(call::log);
        }
    }
}
