package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.protocol.RpcError;
import java.util.List;

/** The least level of log lines that a client wants. All lines of tools have the level {@code info}. */
final class LogLevel {
    private static final List<String> LEVELS =
            List.of("debug", "info", "notice", "warning", "error", "critical", "alert", "emergency");

    private LogLevel() {}

    /** What is logged for a client. */
    enum Wanted {
        NOTHING("0"),
        /** Lines of tools, and what this server has to say. */
        LINES("1"),
        /** Only what this server has to say, with the level {@code notice}. */
        NOTICES("2");

        private final String code;

        Wanted(String code) {
            this.code = code;
        }

        /** Stands for it in the ids of events. */
        String code() {
            return code;
        }

        /** Throws an {@link IllegalArgumentException} if the code stands for none. */
        static Wanted of(String code) {
            for (Wanted one : values()) {
                if (one.code.equals(code)) {
                    return one;
                }
            }
            throw new IllegalArgumentException("No such code");
        }
    }

    /** A modern client that names no level gets nothing. */
    static Wanted wanted(JsonNode level) {
        return level.isMissingNode() || level.isNull() ? Wanted.NOTHING : wantedFrom(check(level));
    }

    /** To a legacy client that sets no level, null, a server sends what it thinks fit. */
    static Wanted wantedByLegacy(String level) {
        return level == null ? Wanted.NOTICES : wantedFrom(level);
    }

    private static Wanted wantedFrom(String level) {
        int least = LEVELS.indexOf(level);
        if (least <= LEVELS.indexOf("info")) {
            return Wanted.LINES;
        }
        return least <= LEVELS.indexOf("notice") ? Wanted.NOTICES : Wanted.NOTHING;
    }

    /** The level; throws an error if the value is not a level. */
    static String check(JsonNode level) {
        if (!level.isTextual() || !LEVELS.contains(level.textValue())) {
            throw new RpcError(
                    RpcError.INVALID_PARAMS,
                    "Invalid params: the log level is one of " + String.join(", ", LEVELS) + ".");
        }
        return level.textValue();
    }
}
