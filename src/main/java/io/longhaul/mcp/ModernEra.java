package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.Role;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.HeaderValue;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.mcp.protocol.RequestHeaders;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import io.longhaul.tools.McpPolicy;
import io.longhaul.tools.RegisteredTool;
import java.util.List;
import java.util.Set;

/**
 * Revision 2026-07-28: there are no sessions, each request names the capabilities of its client, the server decides which calls
 * become tasks, and a client cancels a call by closing its stream.
 */
final class ModernEra implements Era {
    /** The form of tasks in this era. */
    static final TaskView TASKS = new TaskView("ttlMs", "pollIntervalMs", false);

    private static final Set<String> OF_TASKS = Set.of(Methods.TASKS_GET, Methods.TASKS_UPDATE, Methods.TASKS_CANCEL);

    static final Set<String> LISTS_OF_ONE_PAGE =
            Set.of(Methods.TOOLS_LIST, Methods.RESOURCE_TEMPLATES_LIST, Methods.PROMPTS_LIST);

    private static final long KEPT_MILLIS = 60_000;
    private static final int LONGEST_SHOWN = 200;
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;

    private final ServerInfo server;
    private final ToolCalls calls;
    private final JobQuestions questions;
    private final ModernCalls modernCalls;
    private final Resources resources;
    private final Subscribers subscribers;

    ModernEra(
            ServerInfo server, ToolCalls calls, JobQuestions questions, Resources resources, Subscribers subscribers) {
        this.server = server;
        this.calls = calls;
        this.questions = questions;
        this.modernCalls = new ModernCalls(this, calls, questions);
        this.resources = resources;
        this.subscribers = subscribers;
    }

    @Override
    public void notice(Exchange exchange) {
        // No notification of this era needs an action of this server.
    }

    @Override
    public ObjectNode result(ObjectNode result) {
        if (!result.has("resultType")) {
            result.put("resultType", "complete");
        }
        Rpc.meta(result).set(Protocol.META_SERVER, server.json());
        return result;
    }

    private ObjectNode cached(ObjectNode result, long millis, String scope) {
        return result(result.put("ttlMs", millis).put("cacheScope", scope));
    }

    @Override
    public void serve(Exchange exchange) {
        RpcMessage message = exchange.message();
        check(exchange, message);
        Caller caller = exchange.caller();
        if (LISTS_OF_ONE_PAGE.contains(message.method())) {
            JobPage.requireFirst(message);
        }
        switch (message.method()) {
            case Methods.DISCOVER -> exchange.answer(cached(discover(), KEPT_MILLIS, "public"));
            case Methods.TOOLS_LIST -> {
                caller.require(Role.READ);
                exchange.answer(cached(
                        calls.tools().list(caller, false, hasExtension(message, Protocol.APPS)),
                        KEPT_MILLIS,
                        "private"));
            }
            case Methods.TOOLS_CALL -> call(exchange);
            case Methods.TASKS_GET -> {
                caller.require(Role.READ);
                Job job = calls.jobs().find(message.text("taskId"), caller);
                exchange.answer(result(detailed(job, ModernCalls.capabilities(message))));
            }
            case Methods.TASKS_UPDATE -> update(exchange);
            case Methods.TASKS_CANCEL -> {
                calls.jobs().cancel(message.text("taskId"), caller);
                exchange.answer(result(Rpc.object()));
            }
            case Methods.RESOURCES_LIST -> exchange.answer(cached(resources.list(message, caller), 0, "private"));
            case Methods.RESOURCE_TEMPLATES_LIST ->
                exchange.answer(cached(resources.templates(caller), KEPT_MILLIS, "private"));
            case Methods.RESOURCES_READ ->
                exchange.answer(cached(resources.read(Resources.uri(message), caller), 0, "private"));
            case Methods.PROMPTS_LIST -> exchange.answer(cached(Resources.noPrompts(), KEPT_MILLIS, "public"));
            case Methods.LISTEN ->
                subscribers.listen(
                        exchange, job -> detailed(job, ModernCalls.capabilities(message)), hasTasks(message));
            default ->
                throw new RpcError(RpcError.METHOD_NOT_FOUND, "Method not found: " + message.method())
                        .withStatus(NOT_FOUND);
        }
    }

    private void check(Exchange exchange, RpcMessage message) {
        JsonNode version = message.meta().path(Protocol.META_VERSION);
        if (!version.isTextual()
                || !message.meta().path(Protocol.META_CAPABILITIES).isObject()) {
            throw new RpcError(
                            RpcError.INVALID_PARAMS,
                            "Invalid params: _meta must have the members " + Protocol.META_VERSION + " and "
                                    + Protocol.META_CAPABILITIES + ".")
                    .withStatus(BAD_REQUEST);
        }
        requireHeader(exchange, Protocol.VERSION_HEADER, version.textValue());
        if (!version.textValue().equals(Protocol.MODERN)) {
            throw unsupported(version.textValue());
        }
        requireHeader(exchange, Protocol.METHOD_HEADER, message.method());
        String name = RequestHeaders.nameMember(message.method());
        if (name != null) {
            requireHeader(
                    exchange, Protocol.NAME_HEADER, message.params().path(name).asText(""));
        }
        // Refused even where nothing would be logged.
        var unused = LogLevel.wanted(message.meta().path(Protocol.META_LOG_LEVEL));
        if (OF_TASKS.contains(message.method()) && !hasTasks(message)) {
            throw missing("extensions", Protocol.TASKS);
        }
    }

    private static void requireHeader(Exchange exchange, String header, String value) {
        String sent = exchange.header(header);
        if (sent == null) {
            throw new RpcError(
                            RpcError.HEADER_MISMATCH,
                            "Header mismatch: the header " + header + " is missing. Send " + header + ": "
                                    + HeaderValue.encode(shortened(value)) + ", as the body says.")
                    .withStatus(BAD_REQUEST);
        }
        if (!value.equals(HeaderValue.decode(sent))) {
            throw headerMismatch(header);
        }
    }

    private static String shortened(String value) {
        return value.length() <= LONGEST_SHOWN ? value : value.substring(0, LONGEST_SHOWN) + "...";
    }

    static RpcError headerMismatch(String header) {
        return new RpcError(
                        RpcError.HEADER_MISMATCH,
                        "Header mismatch: the header " + header + " does not say what the body says.")
                .withStatus(BAD_REQUEST);
    }

    private static RpcError unsupported(String version) {
        ObjectNode data = Rpc.object();
        data.putArray("supported").add(Protocol.MODERN);
        data.put("requested", version);
        return new RpcError(RpcError.UNSUPPORTED_VERSION, "Unsupported protocol version.")
                .withData(data)
                .withStatus(BAD_REQUEST);
    }

    private static RpcError missing(String capability, String extension) {
        ObjectNode data = Rpc.object();
        ObjectNode required = data.putObject("requiredCapabilities").putObject(capability);
        if (extension != null) {
            required.putObject(extension);
        }
        return new RpcError(
                        RpcError.MISSING_CAPABILITY,
                        "Missing required client capability: " + (extension == null ? capability : extension) + ".")
                .withData(data)
                .withStatus(BAD_REQUEST);
    }

    private static boolean hasTasks(RpcMessage message) {
        return hasExtension(message, Protocol.TASKS);
    }

    private static boolean hasExtension(RpcMessage message, String extension) {
        return message.meta()
                .path(Protocol.META_CAPABILITIES)
                .path("extensions")
                .path(extension)
                .isObject();
    }

    private ObjectNode discover() {
        ObjectNode result = Rpc.object();
        result.putArray("supportedVersions").add(Protocol.MODERN);
        ObjectNode capabilities = result.putObject("capabilities");
        capabilities.putObject("tools").put("listChanged", true);
        capabilities.putObject("resources").put("subscribe", true);
        capabilities.putObject("prompts");
        capabilities.putObject("logging");
        ObjectNode extensions = capabilities.putObject("extensions");
        extensions.putObject(Protocol.TASKS);
        if (calls.tools().hasCard()) {
            extensions.putObject(Protocol.APPS);
        }
        return result.put("instructions", ServerInfo.INSTRUCTIONS);
    }

    private void call(Exchange exchange) {
        if (calls.handles(exchange, this)) {
            return;
        }
        RpcMessage message = exchange.message();
        RegisteredTool tool = calls.tool(exchange);
        ToolCatalog.requireMirrored(tool, exchange);
        McpPolicy policy = tool.policy().mcp();
        JsonNode capabilities = message.meta().path(Protocol.META_CAPABILITIES);
        policy.needs().stream()
                .filter(need -> !capabilities.path(need).isObject())
                .findFirst()
                .ifPresent(need -> {
                    throw missing(need, null);
                });
        if (policy.tasks() == McpPolicy.Tasks.REQUIRED && !hasTasks(message)) {
            throw missing("extensions", Protocol.TASKS);
        }
        boolean asTask = hasTasks(message) && policy.tasks() != McpPolicy.Tasks.FORBIDDEN;
        modernCalls.take(exchange, calls.call(exchange, message, null), asTask);
    }

    /** A task with its result or error, if it has ended, or what it asks of a client with these capabilities. */
    private ObjectNode detailed(Job job, JsonNode capabilities) {
        ObjectNode task = TASKS.of(job);
        switch (task.path("status").asText()) {
            case "completed" -> task.set("result", result(calls.answers().of(job)));
            case "failed" -> task.set("error", JobAnswer.failure(job).json());
            default -> {
                if (job.inputs().anyOpen()) {
                    questions
                            .requests(job.id(), capabilities)
                            .ifPresent(requests ->
                                    task.put("status", "input_required").set("inputRequests", requests));
                }
            }
        }
        return task;
    }

    /** Takes answers to what the job of a task asks. */
    private void update(Exchange exchange) {
        RpcMessage message = exchange.message();
        exchange.caller().require(Role.SUBMIT);
        if (!message.params().path("inputResponses").isObject()) {
            throw new RpcError(RpcError.INVALID_PARAMS, "Invalid params: inputResponses must be an object.");
        }
        Job job = calls.jobs().find(message.text("taskId"), exchange.caller());
        List<WrongResponse> wrong =
                questions.takeMatching(job, message.params().path("inputResponses"), OpenQuestions.Giver.of(exchange));
        if (!wrong.isEmpty()) {
            throw WrongResponse.error(wrong, key -> "/inputResponses/" + key);
        }
        exchange.answer(result(Rpc.object()));
    }
}
