package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.SessionStatements.Session;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import io.longhaul.tools.McpPolicy;
import io.longhaul.tools.RegisteredTool;
import java.time.Duration;
import java.util.UUID;

/**
 * Revisions up to 2025-11-25: {@code initialize} begins a session; clients ask for tasks call by call; a client that loses
 * its stream comes back, and says so when it wants a call stopped.
 */
final class LegacyEra implements Era {
    /** A task of this era. */
    static final TaskView TASKS = new TaskView("ttl", "pollInterval", true);

    private static final int PAGE = 50;
    private static final Duration LONGEST = Duration.ofDays(1);
    private static final int BAD_REQUEST = 400;

    private final ServerInfo server;
    private final ToolCalls calls;
    private final Resources resources;
    private final Subscribers subscribers;
    private final Sessions sessions;

    LegacyEra(ServerInfo server, ToolCalls calls, Resources resources, Subscribers subscribers, Sessions sessions) {
        this.server = server;
        this.calls = calls;
        this.resources = resources;
        this.subscribers = subscribers;
        this.sessions = sessions;
    }

    @Override
    public ObjectNode result(ObjectNode result) {
        return result;
    }

    @Override
    public void notice(Exchange exchange) {
        RpcMessage message = exchange.message();
        if ("notifications/cancelled".equals(message.method())) {
            Session session = session(exchange);
            if (session != null && message.params().has("requestId")) {
                sessions.job(session, message.params().get("requestId")).ifPresent(job -> cancel(exchange, job));
            }
        }
    }

    private void cancel(Exchange exchange, UUID job) {
        if (exchange.caller().principal().may(Role.SUBMIT) && calls.jobs().cancel(job)) {
            McpServer.LOG.info("Job {} is cancelled: its client wants no answer any more", job);
        }
    }

    private Session session(Exchange exchange) {
        String version = exchange.header(Protocol.VERSION_HEADER);
        if (version != null && !Protocol.LEGACY_VERSIONS.contains(version)) {
            throw new RpcError(
                            RpcError.INVALID_REQUEST,
                            "Unsupported protocol version: write one of " + Protocol.LEGACY_VERSIONS + " in the header "
                                    + Protocol.VERSION_HEADER + ".")
                    .withStatus(BAD_REQUEST);
        }
        return sessions.of(exchange.header(Protocol.SESSION_HEADER), exchange.caller());
    }

    @Override
    public void serve(Exchange exchange) {
        RpcMessage message = exchange.message();
        if (message.method().equals("initialize")) {
            initialize(exchange);
            return;
        }
        Session session = session(exchange);
        Caller caller = exchange.caller();
        if (!message.method().equals("ping") && !message.method().equals("tools/call")) {
            caller.require(Role.READ);
        }
        switch (message.method()) {
            case "ping" -> exchange.answer(Rpc.object());
            case "tools/list" -> exchange.answer(calls.tools().list(caller, true));
            case "tools/call" -> call(exchange, session);
            case "tasks/get" -> exchange.answer(TASKS.of(calls.jobs().find(message.text("taskId"), caller)));
            case "tasks/result" -> result(exchange, session);
            case "tasks/list" -> exchange.answer(list(message, caller));
            case "tasks/cancel" -> exchange.answer(cancelled(message.text("taskId"), caller));
            case "resources/list" -> exchange.answer(resources.list(message, caller));
            case "resources/templates/list" -> exchange.answer(resources.templates(caller));
            case "resources/read" -> exchange.answer(read(message.text("uri"), caller));
            case "resources/subscribe" -> {
                resources.requireKnown(message.text("uri"), caller);
                sessions.subscribe(sessions.require(session), message.text("uri"));
                subscribers.lookSoon();
                exchange.answer(Rpc.object());
            }
            case "resources/unsubscribe" -> {
                sessions.unsubscribe(sessions.require(session), message.text("uri"));
                subscribers.lookSoon();
                exchange.answer(Rpc.object());
            }
            case "prompts/list" -> exchange.answer(Resources.noPrompts());
            case "logging/setLevel" -> {
                String level = LogLevel.check(message.params().path("level"));
                sessions.setLogLevel(sessions.require(session), level);
                exchange.answer(Rpc.object());
            }
            default -> throw new RpcError(RpcError.METHOD_NOT_FOUND, "Method not found: " + message.method());
        }
    }

    private void initialize(Exchange exchange) {
        RpcMessage message = exchange.message();
        String wanted = message.params().path("protocolVersion").asText();
        String version = Protocol.LEGACY_VERSIONS.contains(wanted) ? wanted : Protocol.LEGACY;
        UUID session = sessions.begin(exchange.caller(), version);
        exchange.setHeader(Protocol.SESSION_HEADER, session.toString());
        ObjectNode result = Rpc.object().put("protocolVersion", version);
        ObjectNode capabilities = result.putObject("capabilities");
        capabilities.putObject("tools").put("listChanged", true);
        capabilities.putObject("resources").put("subscribe", true);
        capabilities.putObject("prompts");
        capabilities.putObject("logging");
        if (version.equals(Protocol.LEGACY)) {
            ObjectNode tasks = capabilities.putObject("tasks");
            if (exchange.caller().name() != null) {
                tasks.putObject("list");
            }
            tasks.putObject("cancel");
            tasks.putObject("requests").putObject("tools").putObject("call");
        }
        result.set("serverInfo", server.json());
        exchange.answer(result.put("instructions", ServerInfo.INSTRUCTIONS));
    }

    private void call(Exchange exchange, Session session) {
        if (calls.handles(exchange, this)) {
            return;
        }
        RpcMessage message = exchange.message();
        RegisteredTool tool = calls.tool(exchange);
        JsonNode task = message.params().get("task");
        requireTasks(tool, task != null);
        CallIntake.Call call = calls.call(exchange, message, task == null ? null : task.get("ttl"));
        if (task != null) {
            calls.take(exchange, this, call, job -> {
                ObjectNode created = Rpc.object();
                created.set("task", TASKS.of(job));
                exchange.answer(created);
            });
            return;
        }
        calls.take(exchange, this, call, accepted -> plain(exchange, session, accepted, call.isShared()));
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
        calls.answerSoon(exchange, this, accepted, job -> {
            if (exchange.takesStreams()) {
                if (call != null) {
                    sessions.keep(call, job.id());
                }
                stream(exchange, session, job, null, call);
            } else {
                calls.answerAtEnd(exchange, this, job);
            }
        });
    }

    /** Waits for the end of a task, however long that takes. */
    private void result(Exchange exchange, Session session) {
        Job job = calls.jobs().find(exchange.message().text("taskId"), exchange.caller());
        if (job.status().isFinal()) {
            exchange.answer(related(calls.answers().of(job), job));
        } else if (exchange.takesStreams()) {
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
        JsonNode token = exchange.message().meta().get(Protocol.META_PROGRESS_TOKEN);
        boolean logs = session != null && LogLevel.wantsInfo(session.logLevel());
        CallStream.open(
                exchange,
                new StreamedCall(job.id(), new StreamedCall.Request(exchange.id(), token, logs), policy(session, task)),
                calls.jobs(),
                () -> forget(call, job.id()));
    }

    private void forget(Sessions.Call call, UUID job) {
        if (call != null) {
            calls.jobs().later(() -> sessions.over(call, job, true));
        }
    }

    /** Older clients do not know what to do with an event without a message, so they get none and cannot come back. */
    private StreamedCall.Policy policy(Session session, ObjectNode task) {
        boolean resumable = session != null && session.protocolVersion().equals(Protocol.LEGACY);
        return new StreamedCall.Policy(
                job -> task == null
                        ? calls.answers().of(job)
                        : related(calls.answers().of(job), job),
                false,
                resumable,
                task);
    }

    private ObjectNode list(RpcMessage message, Caller caller) {
        if (caller.name() == null) {
            throw new RpcError(
                    RpcError.METHOD_NOT_FOUND,
                    "tasks/list needs authentication: without, the id of a task is all that keeps it from others.");
        }
        JobPage page = JobPage.of(message, calls.jobs(), caller, PAGE);
        ObjectNode result = Rpc.object();
        page.jobs().forEach(job -> result.withArrayProperty("tasks").add(TASKS.of(job)));
        result.withArrayProperty("tasks");
        return page.addCursor(result);
    }

    private ObjectNode cancelled(String id, Caller caller) {
        if (!calls.jobs().cancel(id, caller)) {
            Job job = calls.jobs().find(id, caller);
            throw new RpcError(
                    RpcError.INVALID_PARAMS, "Cannot cancel task: it has ended already, as " + TASKS.status(job) + ".");
        }
        return TASKS.of(calls.jobs().find(id, caller));
    }

    private ObjectNode read(String uri, Caller caller) {
        try {
            return resources.read(uri, caller);
        } catch (RpcError e) {
            throw e.code() == RpcError.INVALID_PARAMS
                    ? new RpcError(RpcError.RESOURCE_NOT_FOUND, e.getMessage())
                            .withData(Rpc.object().put("uri", uri))
                    : e;
        }
    }

    /** A stream on which nothing is asked: what comes to a session, or the answer of a call whose stream broke. */
    void open(Exchange exchange) {
        Session session = sessions.require(session(exchange));
        exchange.caller().require(Role.READ);
        String last = exchange.header("Last-Event-ID");
        if (last == null) {
            subscribers.open(exchange, session);
            return;
        }
        StreamedCall call = StreamedCall.parse(last, policy(session, null))
                .orElseThrow(() -> new RpcError(
                                RpcError.INVALID_REQUEST, "The header Last-Event-ID is none that this server gave.")
                        .withStatus(BAD_REQUEST));
        Job job = calls.jobs().find(call.job().toString(), exchange.caller());
        CallStream.open(exchange, call, calls.jobs(), () -> {});
        McpServer.LOG.debug("A client came back for the answer of job {}", job.id());
    }

    /** Ends a session. */
    void end(Exchange exchange) {
        sessions.end(sessions.require(session(exchange)));
        exchange.acknowledge(200);
    }

    /** Whether a version belongs to this era, as far as a header tells. */
    static boolean speaks(String version) {
        return version == null || Protocol.LEGACY_VERSIONS.contains(version);
    }
}
