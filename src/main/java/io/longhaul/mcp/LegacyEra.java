package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.SessionStatements.Session;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import io.longhaul.streams.EventStreams;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Revisions up to 2025-11-25: {@code initialize} begins a session, each call may ask for a task, a client resumes a stream that
 * it lost, and it cancels calls by a notification.
 */
final class LegacyEra implements Era {
    /** The form of tasks in this era. */
    static final TaskView TASKS = new TaskView("ttl", "pollInterval", true);

    private static final int PAGE = 50;
    private static final int BAD_REQUEST = 400;

    /** For answers that are not taken; clients begin a new session at 400, and lose the call that asked. */
    private static final int UNPROCESSABLE = 422;

    private static final int LONGEST_LOGGED = 500;

    private final ServerInfo server;
    private final ToolCalls calls;
    private final JobQuestions questions;
    private final Resources resources;
    private final Subscribers subscribers;
    private final Sessions sessions;
    private final LegacyCalls legacyCalls;

    /**
     * Clients beyond a single request.
     *
     * @param subscribers hear of changes
     * @param sessions of clients
     */
    record Listening(Subscribers subscribers, Sessions sessions) {}

    LegacyEra(ServerInfo server, ToolCalls calls, JobQuestions questions, Resources resources, Listening listening) {
        this.server = server;
        this.calls = calls;
        this.questions = questions;
        this.resources = resources;
        this.subscribers = listening.subscribers();
        this.sessions = listening.sessions();
        this.legacyCalls = new LegacyCalls(this, calls, questions, listening);
    }

    @Override
    public ObjectNode result(ObjectNode result) {
        return result;
    }

    @Override
    public void notice(Exchange exchange) {
        RpcMessage message = exchange.message();
        if (message.method() == null) {
            take(exchange, message);
            return;
        }
        if (Methods.CANCELLED.equals(message.method())) {
            Session session = session(exchange);
            if (session != null && message.params().has("requestId")) {
                sessions.job(session, message.params().get("requestId")).ifPresent(job -> cancel(exchange, job));
            }
        }
    }

    /** A client's result for one of our requests: its id says which question of which job it answers. */
    private void take(Exchange exchange, RpcMessage message) {
        String[] named =
                message.id() == null ? new String[0] : message.id().asText().split("/", 3);
        if (named.length >= 2) {
            try {
                take(exchange, calls.jobs().find(named[0], exchange.caller()), named[1]);
            } catch (RpcError e) {
                exchange.refuse(e.withStatus(UNPROCESSABLE));
            }
        }
    }

    private void take(Exchange exchange, Job job, String question) {
        RpcMessage message = exchange.message();
        if (message.error() != null) {
            McpServer.LOG.info(
                    "A client answered a question of job {} with an error: {}",
                    job.id(),
                    shortened(message.error().toString()));
            askers(exchange, job).forEach(LegacyAsker::refused);
            return;
        }
        ObjectNode responses = Rpc.object();
        responses.set(question, message.params());
        List<WrongResponse> wrong = questions.takeMatching(job, responses, OpenQuestions.Giver.of(exchange));
        if (!wrong.isEmpty()) {
            askers(exchange, job).forEach(asker -> wrong.forEach(asker::askAgain));
            throw WrongResponse.error(wrong, key -> "/result");
        }
    }

    private List<LegacyAsker> askers(Exchange exchange, Job job) {
        return Optional.ofNullable(exchange.header(Protocol.SESSION_HEADER))
                .flatMap(JobAccess::parse)
                .map(session -> legacyCalls.askers(session, job))
                .orElse(List.of());
    }

    private static String shortened(String text) {
        return text.length() > LONGEST_LOGGED ? text.substring(0, LONGEST_LOGGED) + "..." : text;
    }

    private void cancel(Exchange exchange, UUID job) {
        if (exchange.caller().principal().may(Role.SUBMIT) && calls.jobs().cancel(job)) {
            McpServer.LOG.info("Job {} is cancelled: its client wants no answer any more", job);
        }
    }

    /** Refuses a batch of a client whose revision does not have batches. */
    void requireBatches(Exchange exchange) {
        String version = exchange.header(Protocol.VERSION_HEADER);
        Session session = version == null || version.equals(Protocol.WITH_BATCHES) ? session(exchange) : null;
        if (session != null) {
            version = session.protocolVersion();
        }
        if (version != null && !version.equals(Protocol.WITH_BATCHES)) {
            throw new RpcError(
                            RpcError.INVALID_REQUEST,
                            "Only revision " + Protocol.WITH_BATCHES
                                    + " has batches: send one message in each request.")
                    .withStatus(BAD_REQUEST);
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
        if (message.method().equals(Methods.INITIALIZE)) {
            initialize(exchange);
            return;
        }
        Session session = session(exchange);
        Caller caller = exchange.caller();
        if (!message.method().equals(Methods.PING) && !message.method().equals(Methods.TOOLS_CALL)) {
            caller.require(Role.READ);
        }
        if (ModernEra.LISTS_OF_ONE_PAGE.contains(message.method())) {
            JobPage.requireFirst(message);
        }
        switch (message.method()) {
            case Methods.PING -> exchange.answer(Rpc.object());
            case Methods.TOOLS_LIST ->
                exchange.answer(calls.tools().list(caller, true, session != null && session.showsApps()));
            case Methods.TOOLS_CALL -> legacyCalls.call(exchange, session);
            case Methods.TASKS_GET ->
                exchange.answer(legacyCalls.task(calls.jobs().find(message.text("taskId"), caller), session));
            case Methods.TASKS_RESULT -> legacyCalls.result(exchange, session);
            case Methods.TASKS_LIST -> exchange.answer(list(message, caller));
            case Methods.TASKS_CANCEL -> exchange.answer(cancelled(message.text("taskId"), caller));
            case Methods.RESOURCES_LIST -> exchange.answer(resources.list(message, caller));
            case Methods.RESOURCE_TEMPLATES_LIST -> exchange.answer(resources.templates(caller));
            case Methods.RESOURCES_READ -> exchange.answer(read(Resources.uri(message), caller));
            case Methods.RESOURCES_SUBSCRIBE -> {
                resources.requireKnown(Resources.uri(message), caller);
                sessions.subscribe(sessions.require(session), Resources.uri(message));
                subscribers.lookSoon();
                exchange.answer(Rpc.object());
            }
            case Methods.RESOURCES_UNSUBSCRIBE -> {
                sessions.unsubscribe(sessions.require(session), Resources.uri(message));
                subscribers.lookSoon();
                exchange.answer(Rpc.object());
            }
            case Methods.PROMPTS_LIST -> exchange.answer(Resources.noPrompts());
            case Methods.SET_LOG_LEVEL -> {
                String level = LogLevel.check(message.params().path("level"));
                sessions.setLogLevel(sessions.require(session), level);
                exchange.answer(Rpc.object());
            }
            default -> throw new RpcError(RpcError.METHOD_NOT_FOUND, "Method not found: " + message.method());
        }
    }

    private void initialize(Exchange exchange) {
        RpcMessage message = exchange.message();
        if (!message.params().path("capabilities").isObject()) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: initialize needs the object 'capabilities'.");
        }
        String wanted = message.text("protocolVersion");
        String version = Protocol.LEGACY_VERSIONS.contains(wanted) ? wanted : Protocol.LEGACY;
        UUID session =
                sessions.begin(exchange.caller(), version, message.params().path("capabilities"));
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

    /** Opens a stream without a request: the notifications of a session, or the rest of a call whose stream broke. */
    void open(Exchange exchange) {
        Session session = sessions.require(session(exchange));
        exchange.caller().require(Role.READ);
        String last = exchange.header(EventStreams.LAST_EVENT_ID);
        if (last == null) {
            subscribers.open(exchange, session);
        } else {
            legacyCalls.resume(exchange, session, last);
        }
    }

    /** Ends a session. */
    void end(Exchange exchange) {
        sessions.end(sessions.require(session(exchange)));
        exchange.acknowledge(200);
    }

    /** True if the header with the version is missing, or has a version of this era. */
    static boolean speaks(String version) {
        return version == null || Protocol.LEGACY_VERSIONS.contains(version);
    }
}
