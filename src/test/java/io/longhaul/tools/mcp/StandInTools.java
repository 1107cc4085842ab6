package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.tools.RecordedCall;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A small MCP server for tests, independent of its transport. Run as a program it speaks stdio. */
public final class StandInTools {
    private final boolean modern;
    private final StandInQuestions questions;
    private final Map<String, CountDownLatch> endless = new ConcurrentHashMap<>();
    private final Map<String, AtomicInteger> polls = new ConcurrentHashMap<>();
    final AtomicInteger working = new AtomicInteger();

    /** The number of tasks that a client has asked to cancel. */
    public final AtomicInteger cancelledTasks = new AtomicInteger();

    /** The number of tasks that have begun. */
    public final AtomicInteger begunTasks = new AtomicInteger();

    /** The known tasks. */
    final Set<String> tasks = ConcurrentHashMap.newKeySet();

    /** While true, no task ends. */
    public volatile boolean holding;

    /** Every page of tools is followed by another. */
    volatile boolean listsForEver;

    /** Tasks fail instead of succeeding; the newer era only. */
    volatile boolean failing;

    StandInTools(boolean modern) {
        this.modern = modern;
        this.questions = new StandInQuestions(modern);
    }

    /** Runs a server on standard input and output; the argument selects the era. */
    public static void main(String[] args) throws IOException {
        StandInTools tools = new StandInTools(args[0].equals("modern"));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println("a server says hello, which is no message");
        if (args.length > 1) {
            new ProcessBuilder("setsid", "sleep", "1000").start();
        }
        ExecutorService executor = Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work);
            thread.setDaemon(true);
            return thread;
        });
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            JsonNode message = RecordedCall.JSON.readTree(line);
            executor.execute(() -> tools.take(message, System.getenv("KEY"), answer -> {
                synchronized (out) {
                    if (answer.startsWith("UNENDING")) {
                        out.print(answer.substring("UNENDING".length()));
                        while (!out.checkError()) {
                            out.print("x".repeat(10_000));
                        }
                    }
                    out.println(answer);
                }
            }));
        }
    }

    /** Takes a message; {@code out} gets each answer and notification as JSON text. */
    void take(JsonNode message, String key, Consumer<String> out) {
        String method = message.path("method").asText();
        String id = message.path("id").toString();
        JsonNode params = message.path("params");
        if (method.isEmpty()) {
            questions.answered(message);
            return;
        }
        if (questions.knows(params) && method.startsWith("tasks/")) {
            switch (method) {
                case "tasks/get" -> questions.get(id, params, out);
                case "tasks/update" -> questions.update(id, params, out);
                default -> result(id, "{}", out);
            }
            return;
        }
        switch (method) {
            case "server/discover" -> {
                if (modern) {
                    result(id, "{\"supportedVersions\": [\"2026-07-28\"], \"capabilities\": {\"tools\": {}}}", out);
                } else {
                    error(id, -32601, "Method not found", out);
                }
            }
            case "initialize" ->
                result(
                        id,
                        "{\"protocolVersion\": \"2025-11-25\", \"capabilities\": {\"tools\": {},"
                                + " \"tasks\": {\"requests\": {\"tools\": {\"call\": {}}}}}, \"serverInfo\": {\"name\": \"t\", \"version\": \"1\"}}",
                        out);
            case "tools/list" -> list(id, params.path("cursor").asText(""), out);
            case "tools/call" -> call(id, params, key, out);
            case "tasks/get" -> task(id, params.path("taskId").asText(), out);
            case "tasks/result" -> result(id, "{\"content\": [{\"type\": \"text\", \"text\": \"researched\"}]}", out);
            case "tasks/cancel" -> {
                cancelledTasks.incrementAndGet();
                result(id, "{}", out);
            }
            case "notifications/cancelled" -> cancel(params.path("requestId").toString());
            default -> {
                if (message.has("id")) {
                    error(id, -32601, "Method not found", out);
                }
            }
        }
    }

    void cancel(String id) {
        CountDownLatch latch = endless.get(id);
        if (latch != null) {
            latch.countDown();
        }
    }

    private static void result(String id, String json, Consumer<String> out) {
        out.accept("{\"jsonrpc\": \"2.0\", \"result\": " + json + ", \"id\": " + id + "}");
    }

    private static void error(String id, int code, String text, Consumer<String> out) {
        out.accept("{\"jsonrpc\": \"2.0\", \"id\": " + id + ", \"error\": {\"code\": " + code + ", \"message\": \""
                + text + "\"}}");
    }

    private void list(String id, String cursor, Consumer<String> out) {
        if (listsForEver) {
            result(id, "{\"tools\": [], \"nextCursor\": \"" + "2".repeat(200_000) + "\"}", out);
            return;
        }
        if (cursor.isEmpty()) {
            result(
                    id,
                    "{\"tools\": [" + tool("echo", "{\"type\": \"object\", \"properties\": {\"v\": {}}}") + ","
                            + tool(
                                    "mirror",
                                    "{\"type\": \"object\", \"properties\": {\"region\": {\"type\": \"string\", \"x-mcp-header\": \"Region\"}}}")
                            + ", " + tool("wrong name", "{}") + "], \"nextCursor\": \"2\"}",
                    out);
            return;
        }
        StringBuilder tools = new StringBuilder();
        for (String name : new String[] {
            "reporting",
            "failing",
            "hopeless",
            "flooding",
            "unending",
            "odd",
            "endless",
            "leaking",
            "denied",
            "die",
            "repeatable",
            "blocks",
            "working"
        }) {
            tools.append(tool(name, "{\"type\": \"object\"}")).append(',');
        }
        StandInQuestions.TOOLS.forEach(
                name -> tools.append(tool(name, "{\"type\": \"object\"}")).append(','));
        tools.append(tool("research", "{}").replace("}}", "}, \"execution\": {\"taskSupport\": \"required\"}}"));
        result(id, "{\"tools\": [" + tools + "]}", out);
    }

    private static String tool(String name, String schema) {
        return "{\"name\": \"" + name + "\", \"description\": \"The tool " + name + "\", \"inputSchema\": " + schema
                + ", \"annotations\": {\"idempotentHint\": " + name.equals("repeatable") + "}}";
    }

    private void call(String id, JsonNode params, String key, Consumer<String> out) {
        JsonNode arguments = params.path("arguments");
        switch (params.path("name").asText()) {
            case "echo", "mirror" -> structured(id, arguments.toString(), out);
            case "reporting" ->
                report(id, params.path("_meta").path("progressToken").toString(), out);
            case "failing" -> error(id, -32603, "no such gene", out);
            case "hopeless" ->
                result(
                        id,
                        "{\"isError\": true, \"content\": [{\"type\": \"text\", \"text\": \"this cannot ever work\"}]}",
                        out);
            case "flooding" -> text(id, "x".repeat(2_000_000), out);
            case "unending" -> {
                String first = params.path("arguments").path("idFirst").asBoolean() ? "\"id\": " + id + ", " : "";
                out.accept("UNENDING{\"jsonrpc\": \"2.0\", " + first + "\"result\": {\"text\": \"");
            }
            case "odd" -> structured(id, "{\"a\\u0000b\": \"c\\u0000d\\ud800\"}", out);
            case "endless" -> endless(id, out);
            case "working" -> structured(id, "{\"working\": " + working + "}", out);
            case "leaking" -> {
                log("using " + key, out);
                structured(
                        id,
                        JsonNodeFactory.instance.objectNode().put("told", key).toString(),
                        out);
            }
            case "denied" ->
                error(
                        id,
                        -32603,
                        "denied: "
                                + JsonNodeFactory.instance
                                        .textNode(key)
                                        .toString()
                                        .replaceAll("^\"|\"$", ""),
                        out);
            case "asking", "asking-twice", "asking-task" -> questions.call(id, params, out);
            case "die", "repeatable" -> Runtime.getRuntime().halt(1);
            case "blocks" ->
                result(
                        id,
                        "{\"content\": [{\"type\": \"text\", \"text\": \"a\"}, {\"type\": \"image\", \"data\": \"AA==\", \"mimeType\": \"image/png\"}]}",
                        out);
            case "research" -> {
                String name = "t-" + UUID.randomUUID();
                tasks.add(name);
                begunTasks.incrementAndGet();
                String task = "{\"taskId\": \"" + name
                        + "\", \"status\": \"working\", \"pollInterval\": 20, \"pollIntervalMs\": 20}";
                result(id, modern ? task.replace("{", "{\"resultType\": \"task\", ") : "{\"task\": " + task + "}", out);
            }
            default -> error(id, -32602, "Unknown tool", out);
        }
    }

    private void task(String id, String task, Consumer<String> out) {
        if (!tasks.contains(task)) {
            error(id, -32602, "Failed to retrieve task: Task not found", out);
            return;
        }
        if (failing) {
            result(
                    id,
                    "{\"resultType\": \"complete\", \"taskId\": \"" + task
                            + "\", \"status\": \"failed\", \"error\": {\"code\": -32603, \"message\": \"disk full\"}}",
                    out);
            return;
        }
        int n = holding
                ? 1
                : polls.computeIfAbsent(task, t -> new AtomicInteger()).incrementAndGet();
        String state = n < 3 ? "\"working\", \"statusMessage\": \"step " + n + "\"" : "\"completed\"";
        String answer = n < 3 || !modern
                ? ""
                : ", \"result\": {\"resultType\": \"complete\", \"content\": [{\"type\": \"text\", \"text\": \"researched\"}]}";
        result(
                id,
                "{\"resultType\": \"complete\", \"taskId\": \"" + task
                        + "\", \"pollInterval\": 20, \"pollIntervalMs\": 20, \"status\": " + state + answer + "}",
                out);
    }

    private static void report(String id, String token, Consumer<String> out) {
        progress(token, "0.25, \"message\": \"reading\"", out);
        log("first", out);
        progress(token, "0.5", out);
        log("zweite Zeile: äß漢😀", out);
        text(id, "done", out);
    }

    private static void progress(String token, String progress, Consumer<String> out) {
        out.accept("{\"jsonrpc\": \"2.0\", \"method\": \"notifications/progress\", \"params\": {\"progressToken\": "
                + token + ", \"total\": 1, \"progress\": " + progress + "}}");
    }

    private static void log(String text, Consumer<String> out) {
        ObjectNode message =
                JsonNodeFactory.instance.objectNode().put("jsonrpc", "2.0").put("method", "notifications/message");
        message.putObject("params").put("level", "info").put("data", text);
        out.accept(message.toString());
    }

    private void endless(String id, Consumer<String> out) {
        CountDownLatch latch = endless.computeIfAbsent(id, i -> new CountDownLatch(1));
        working.incrementAndGet();
        log("started", out);
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            working.decrementAndGet();
            endless.remove(id);
        }
    }

    private static void structured(String id, String json, Consumer<String> out) {
        result(id, "{\"content\": [], \"structuredContent\": " + json + "}", out);
    }

    private static void text(String id, String text, Consumer<String> out) {
        result(id, "{\"content\": [{\"type\": \"text\", \"text\": \"" + text + "\"}]}", out);
    }
}
