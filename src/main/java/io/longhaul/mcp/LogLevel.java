package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.protocol.RpcError;
import java.util.List;

/** From which level on a client wants log lines. Those of tools are all of one level, {@code info}. */
final class LogLevel {
    private static final List<String> LEVELS =
            List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

    private LogLevel() {}

    /** Whether lines of tools are among what is wanted; a client that says nothing wants none. */
    static boolean wantsInfo(JsonNode level) {
        return !level.isMissingNode() && !level.isNull() && wantsInfo(check(level));
    }

    static boolean wantsInfo(String level) {
        return level != null && LEVELS.indexOf(level) <= LEVELS.indexOf("info");
    }

    /** The level, or an error if it is none. */
    static String check(JsonNode level) {
        if (!LEVELS.contains(level.asText())) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Invalid params: the log level is one of " + String.join(", ", LEVELS) + ".");
        }
        return level.asText();
    }
}
