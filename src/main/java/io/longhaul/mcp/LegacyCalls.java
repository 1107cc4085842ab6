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
import java.util.List;
import java.util.UUID;

/** Calls of legacy clients: answered as a whole, as a task, or on a stream that a client can resume. */
final class LegacyCalls {
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
        exchange.requireRoomForStream();
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
            exchange.onAnswer(() -> sessions.gone(call, accepted.id()));
        }
        calls.answerSoon(exchange, era, accepted, job -> {
            if (call != null) {
                sessions.keep(call, job.id());
            }
            if (exchange.acceptsStreams()) {
                stream(exchange, session, beginning(exchange, session, job.id(), false));
            } else {
                if (call != null) {
                    exchange.onAnswer(() -> over(call, job.id(), true));
                }
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
            exchange.answer(related(calls.answers().of(job), job.id()));
        } else if (exchange.acceptsStreams()) {
            stream(exchange, session, beginning(exchange, session, job.id(), true));
        } else {
            calls.answer(
                    exchange,
                    calls.jobs().untilEnd(job.id(), ToolCalls.LONGEST),
                    found -> exchange.answer(related(calls.answers().of(found.orElse(job)), job.id())));
        }
    }

    private static ObjectNode related(ObjectNode result, UUID job) {
        Rpc.meta(result).putObject(Protocol.META_RELATED_TASK).put("taskId", job.toString());
        return result;
    }

    private static EventId beginning(Exchange exchange, Session session, UUID job, boolean ofTask) {
        LogLevel.Wanted logs = LogLevel.wantedByLegacy(session == null ? null : session.logLevel());
        RpcMessage message = exchange.message();
        StreamedCall.Request request =
                new StreamedCall.Request(message.id(), message.progressToken(), logs, MistypedNames.of(message));
        return new EventId(job, request, ofTask, StreamedCall.Told.NOTHING);
    }

    /** Streams the answer to a request from its beginning, or from where its last stream broke. */
    private void stream(Exchange exchange, Session session, EventId from) {
        ObjectNode task = from.ofTask() ? Rpc.meta(related(Rpc.object(), from.job())) : null;
        Asker asker = asker(session, task);
        CallStream.open(
                exchange,
                new StreamedCall(from.job(), from.request(), policy(session, task, asker), from.told()),
                calls.jobs(),
                answered -> {
                    asker.over();
                    if (session != null && !from.ofTask()) {
                        over(Sessions.call(session, from.request().id()), from.job(), answered);
                    }
                });
    }

    /** A client whose stream broke may come back, to any node, or cancel its call: only the answer is the end of it. */
    private void over(Sessions.Call call, UUID job, boolean answered) {
        if (answered) {
            calls.jobs().later(() -> sessions.answered(call, job));
        } else {
            sessions.gone(call, job);
        }
    }

    /** Clients of older revisions fail at an event without a message, so they get none and cannot resume. */
    private StreamedCall.Policy policy(Session session, ObjectNode task, Asker asker) {
        boolean resumable = session != null && session.protocolVersion().equals(Protocol.LEGACY);
        return new StreamedCall.Policy(
                job -> task == null
                        ? calls.answers().of(job)
                        : related(calls.answers().of(job), job.id()),
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

    /** Those who ask the client of a session on its streams at this node. */
    List<LegacyAsker> askers(UUID session, Job job) {
        return askers.of(session, job.id());
    }

    /** Continues the answer of a call whose stream broke. */
    void resume(Exchange exchange, Session session, String lastEventId) {
        EventId last = EventId.parse(lastEventId)
                .orElseThrow(() -> new RpcError(
                                RpcError.INVALID_REQUEST, "The header Last-Event-ID is none that this server gave.")
                        .withStatus(BAD_REQUEST));
        Job job = calls.jobs().find(last.job().toString(), exchange.caller());
        stream(exchange, session, last);
        McpServer.LOG.debug("A client came back for the answer of job {}", job.id());
    }
}
