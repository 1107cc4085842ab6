package io.longhaul.tools.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;

/**
 * The {@code callback:} block: how the server says that work is done.
 *
 * @param header header of the request that carries the address, unless a placeholder does
 * @param done what means done; left out, anything but a progress or log line does
 * @param failed what means failed
 * @param error JSON pointer to the reason of a failure
 * @param progress JSON pointer to a number
 * @param progressMax what that number is out of
 * @param message JSON pointer to a text
 * @param log JSON pointer to new log lines
 * @param result JSON pointer to the result
 */
record CallbackSettings(
        String header,
        Map<String, JsonNode> done,
        Map<String, JsonNode> failed,
        String error,
        String progress,
        @JsonProperty("progress_max") Double progressMax,
        String message,
        String log,
        String result) {
    private static final String HEADER = "Callback-URL";

    String headerName() {
        return header == null ? HEADER : header;
    }

    StatusRules rules() {
        return Pointers.rules("callback", done, failed, error, progress, progressMax, message, log, result);
    }
}
