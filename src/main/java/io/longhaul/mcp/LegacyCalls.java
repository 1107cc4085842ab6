package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.SessionStatements.Session;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import io.longhaul.tools.McpPolicy;
import io.longhaul.tools.RegisteredTool;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Calls of legacy clients: answered as a whole, as a task, or on a stream that a client can resume. */
final class LegacyCalls {
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int BAD_REQUEST = 400;

    private final LegacyEra era;
    private final ToolCalls calls;
    private final JobQuestions questions;
    private final Subscribers subscribers;
    private final Sessions sessions;
    private final LegacyAskers askers = new LegacyAskers();

    LegacyCalls(LegacyEra era, ToolCalls calls, JobQuestions questions, LegacyEra.Listening listening) {
        this.era = era;
        this.calls = calls;
        this.questions = questions;
        this.subscribers = listening.subscribers();
        this.sessions = listening.sessions();
    }

    /** Answers a call of a tool. */
    void call(Exchange exchange, Session session) {
        if (calls.handles(exchange, era)) {
            return;
        }
        RpcMessage message = exchange.message();
        RegisteredTool tool = calls.tool(exchange);
        JsonNode task = message.params().get("task");
        requireForm(task);
        requireTasks(tool, task != null);
        CallIntake.Call call = calls.call(exchange, message, task == null ? null : task.get("ttl"));
        if (task != null) {
            calls.take(exchange, era, call, job -> begun(exchange, session, job));
            return;
        }
        calls.take(exchange, era, call, accepted -> plain(exchange, session, accepted, call.isShared()));
    }

    private void begun(Exchange exchange, Session session, Job job) {
        ObjectNode created = Rpc.object();
        created.set("task", LegacyEra.TASKS.of(job));
        exchange.answer(created);
        if (session != null && session.protocolVersion().equals(Protocol.LEGACY)) {
            subscribers.addStatusOfTask(session, job, now -> task(now, session));
        }
    }

    private static void requireForm(JsonNode task) {
        if (task != null && !task.isObject()) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Invalid params: task must be an object, such as {\"ttl\": 3600000}. Leave it out for a plain call.");
        }
        JsonNode ttl = task == null ? null : task.get("ttl");
        if (ttl != null
                && !ttl.isNull()
                && (!ttl.isIntegralNumber() || ttl.bigIntegerValue().signum() < 0)) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Invalid params: task.ttl must be a whole number of milliseconds, 0 or more.");
        }
    }

    private static void requireTasks(RegisteredTool tool, boolean wanted) {
        McpPolicy.Tasks tasks = tool.policy().mcp().tasks();
        if (wanted && tasks == McpPolicy.Tasks.FORBIDDEN) {
            throw new RpcError(
                    RpcError.METHOD_NOT_FOUND, "Tool " + tool.name() + " is not run as a task: call it without one.");
        }
        if (!wanted && tasks == McpPolicy.Tasks.REQUIRED) {
            throw new RpcError(
                    RpcError.METHOD_NOT_FOUND, "Tool " + tool.name() + " is only run as a task: call it with one.");
        }
    }

    private void plain(Exchange exchange, Session session, Job accepted, boolean shared) {
        Sessions.Call call = session == null || shared ? null : sessions.begun(session, exchange.id(), accepted.id());
        if (call != null) {
            exchange.onAnswer(() -> sessions.over(call, accepted.id(), false));
        }
        calls.answerSoon(exchange, era, accepted, job -> {
            if (exchange.acceptsStreams()) {
                if (call != null) {
                    sessions.keep(call, job.id());
                }
                stream(exchange, session, job, null, call);
            } else {
                calls.answerAtEnd(exchange, era, job);
            }
        });
    }

    /** A task; one that asks something of a client like this gets the status for it. */
    ObjectNode task(Job job, Session session) {
        ObjectNode task = LegacyEra.TASKS.of(job);
        boolean asks = job.inputs().anyOpen()
                && session != null
                && questions.requests(job.id(), session.abilities()).isPresent();
        return asks ? task.put("status", "input_required") : task;
    }

    /** Answers with the result of a task, after its end. */
    void result(Exchange exchange, Session session) {
        Job job = calls.jobs().find(exchange.message().text("taskId"), exchange.caller());
        if (job.status().isFinal()) {
            exchange.answer(related(calls.answers().of(job), job));
        } else if (exchange.acceptsStreams()) {
            stream(exchange, session, job, Rpc.meta(related(Rpc.object(), job)), null);
        } else {
            calls.answer(
                    exchange,
                    calls.jobs().untilEnd(job.id(), LONGEST),
                    found -> exchange.answer(related(calls.answers().of(found.orElse(job)), job)));
        }
    }

    private static ObjectNode related(ObjectNode result, Job job) {
        Rpc.meta(result)
                .putObject(Protocol.META_RELATED_TASK)
                .put("taskId", job.id().toString());
        return result;
    }

    private void stream(Exchange exchange, Session session, Job job, ObjectNode task, Sessions.Call call) {
        JsonNode token = exchange.message().progressToken();
        LogLevel.Wanted logs = LogLevel.wantedByLegacy(session == null ? null : session.logLevel());
        Asker asker = asker(session, task);
        CallStream.open(
                exchange,
                new StreamedCall(
                        job.id(),
                        new StreamedCall.Request(exchange.id(), token, logs, MistypedNames.of(exchange.message())),
                        policy(session, task, asker)),
                calls.jobs(),
                () -> {
                    asker.over();
                    forget(call, job.id());
                });
    }

    private void forget(Sessions.Call call, UUID job) {
        if (call != null) {
            calls.jobs().later(() -> sessions.over(call, job, true));
        }
    }

    /** Clients of older revisions fail at an event without a message, so they get none and cannot resume. */
    private StreamedCall.Policy policy(Session session, ObjectNode task, Asker asker) {
        boolean resumable = session != null && session.protocolVersion().equals(Protocol.LEGACY);
        return new StreamedCall.Policy(
                job -> task == null
                        ? calls.answers().of(job)
                        : related(calls.answers().of(job), job),
                false,
                resumable,
                task,
                asker);
    }

    private Asker asker(Session session, ObjectNode task) {
        return session == null
                ? job -> Asker.Asked.NOTHING
                : new LegacyAsker(questions, askers, new LegacyAsker.Client(session.id(), session.abilities(), task));
    }

    /** Asks the client of a session again, on its stream at this node, what it answered wrong. */
    void askAgain(UUID session, Job job, List<WrongResponse> wrong) {
        askers.askAgain(session, job.id(), wrong);
    }

    /** Continues the answer of a call whose stream broke. */
    void resume(Exchange exchange, Session session, String lastEventId) {
        Asker asker = asker(session, null);
        StreamedCall call = StreamedCall.parse(lastEventId, policy(session, null, asker))
                .orElseThrow(() -> new RpcError(
                                RpcError.INVALID_REQUEST, "The header Last-Event-ID is none that this server gave.")
                        .withStatus(BAD_REQUEST));
        Job job = calls.jobs().find(call.job().toString(), exchange.caller());
        CallStream.open(exchange, call, calls.jobs(), asker::over);
        McpServer.LOG.debug("A client came back for the answer of job {}", job.id());
    }
}
