package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Something in a request that the server accepted, but takes for a mistake: a member that no such request has.
 *
 * @param pointer JSON Pointer into the body
 * @param message the problem, with what was probably meant
 */
public record Warning(String pointer, String message) {
    /** The warnings of any answer of the HTTP API; mostly none. */
    public static List<Warning> of(JsonNode answer) {
        return answer.path("warnings")
                .valueStream()
                .map(each -> new Warning(Json.text(each, "pointer"), Json.text(each, "message")))
                .toList();
    }
}
