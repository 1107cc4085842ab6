package io.longhaul.cli.remote;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.LonghaulClient;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Prints lists of the HTTP API: a table for people, or JSON, one element on a line. */
final class Answers {
    private final LonghaulClient client;
    private final Remote remote;

    Answers(LonghaulClient client, Remote remote) {
        this.client = client;
        this.remote = remote;
    }

    /** Prints a list that is already there. */
    int list(JsonNode elements, Table table, Consumer<JsonNode> row, String empty) {
        return list(elements.valueStream(), table, row, empty);
    }

    /**
     * Fetches a list page by page and prints it.
     *
     * @param path with its query
     * @param member of a page, the one that holds the elements
     */
    int pages(String path, String member, int limit, Table table, Consumer<JsonNode> row, String empty) {
        try (Stream<JsonNode> elements = client.pages(path, member).limit(limit)) {
            return list(elements, table, row, empty);
        }
    }

    /** Prints a list that may be fetched as it is read. */
    int list(Stream<JsonNode> elements, Table table, Consumer<JsonNode> row, String empty) {
        if (remote.json()) {
            elements.forEach(element -> remote.shell().print(element.toString()));
            return ExitCode.DONE;
        }
        elements.forEach(row);
        return remote.show(table, empty);
    }
}
