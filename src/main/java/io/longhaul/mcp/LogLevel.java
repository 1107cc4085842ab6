package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.protocol.RpcError;
import java.util.List;

/** The least level of log lines that a client wants. All lines of tools have the level {@code info}. */
final class LogLevel {
    private static final List<String> LEVELS =
            List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

    private LogLevel() {}

    /** True if the client wants lines of tools. A client that sets no level gets none. */
    static boolean wantsInfo(JsonNode level) {
        return !level.isMissingNode() && !level.isNull() && wantsInfo(check(level));
    }

    static boolean wantsInfo(String level) {
        return level != null && LEVELS.indexOf(level) <= LEVELS.indexOf("info");
    }

    /** The level; throws an error if the value is not a level. */
    static String check(JsonNode level) {
        if (!LEVELS.contains(level.asText())) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Invalid params: the log level is one of " + String.join(", ", LEVELS) + ".");
        }
        return level.asText();
    }
}
