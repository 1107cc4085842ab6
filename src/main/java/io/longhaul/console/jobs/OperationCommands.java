package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.operations.BulkOperation;
import jakarta.servlet.http.HttpServletRequest;

/** Writes the commands that do or show the same as a page of operations. */
final class OperationCommands {
    private static final String PATH = "/v1/operations";
    private static final String NONE = "MCP has no operations: its clients cancel their own tasks.";

    private OperationCommands() {}

    static Commands begin(ObjectNode wanted, HttpServletRequest request) {
        ShellCommand shell = new ShellCommand("operation create")
                .with(wanted.path("kind").asText())
                .with("--filter", wanted.path("filter").isEmpty() ? null : wanted.path("filter"))
                .with("--all", wanted.has("all"));
        return Commands.of(Way.send(request, "POST", PATH, wanted.toString())
                .called("Begin it")
                .shell(shell)
                .mcpSays(NONE));
    }

    static Commands list(HttpServletRequest request) {
        return Commands.of(Way.get(request, PATH).shell("operation list").mcpSays(NONE));
    }

    static Commands show(BulkOperation operation, HttpServletRequest request) {
        String path = PATH + "/" + operation.id();
        return Commands.of(
                Way.get(request, path).shell("operation show " + operation.id()).mcpSays(NONE),
                Way.get(request, path + "/outcomes")
                        .called("Its outcomes")
                        .shell("operation outcomes " + operation.id())
                        .mcpSays(NONE),
                Way.send(request, "POST", path + "/cancel")
                        .called("Stop it")
                        .shell("operation cancel " + operation.id())
                        .mcpSays(NONE));
    }
}
