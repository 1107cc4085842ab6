package io.longhaul.console.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.operations.BulkOperation;
import jakarta.servlet.http.HttpServletRequest;

/** Writes the commands that do or show the same as a page of operations. */
final class OperationCommands {
    private static final String OPERATION = "java -jar app.jar operation ";
    private static final String PATH = "/v1/operations";

    private OperationCommands() {}

    static Commands begin(ObjectNode wanted, HttpServletRequest request) {
        String kind = wanted.path("kind").asText();
        String all = wanted.has("all") ? " --all" : "";
        String filter = wanted.path("filter").isEmpty()
                ? ""
                : " --filter " + Commands.quoted(wanted.path("filter").toString());
        return new Commands(
                at -> JobCommands.curl(request, at, "-H 'Content-Type: application/json' ", PATH) + " -d "
                        + Commands.quoted(wanted.toString()),
                at -> OPERATION + "create " + kind + filter + all + JobCommands.url(at),
                null);
    }

    static Commands list(HttpServletRequest request) {
        return new Commands(
                at -> JobCommands.curl(request, at, "", PATH), at -> OPERATION + "list" + JobCommands.url(at), null);
    }

    static Commands show(BulkOperation operation, HttpServletRequest request) {
        return new Commands(
                at -> JobCommands.curl(request, at, "", PATH + "/" + operation.id()),
                at -> OPERATION + "show " + operation.id() + JobCommands.url(at),
                null);
    }
}
