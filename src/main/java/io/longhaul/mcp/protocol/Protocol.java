package io.longhaul.mcp.protocol;

import java.util.List;

/** The names that the protocol gives: versions, headers, keys of {@code _meta}. */
public final class Protocol {
    /** The revision without sessions, in which each request says all that there is to know. */
    public static final String MODERN = "2026-07-28";

    /** The newest revision that begins with {@code initialize}. */
    public static final String LEGACY = "2025-11-25";

    /** All revisions that begin with {@code initialize}, the newest first. */
    public static final List<String> LEGACY_VERSIONS = List.of(LEGACY, "2025-06-18", "2025-03-26");

    /** Before the names that the protocol reserves in {@code _meta}. */
    public static final String RESERVED = "io.modelcontextprotocol/";

    /** The extension by which a call may become a task, in the modern era. */
    public static final String TASKS = RESERVED + "tasks";

    /** Which revision a modern request is of. */
    public static final String META_VERSION = RESERVED + "protocolVersion";

    /** What the client of a modern request can do. */
    public static final String META_CAPABILITIES = RESERVED + "clientCapabilities";

    /** From which level on a modern request wants log lines. */
    public static final String META_LOG_LEVEL = RESERVED + "logLevel";

    /** Who answers. */
    public static final String META_SERVER = RESERVED + "serverInfo";

    /** The {@code subscriptions/listen} that a modern notification belongs to. */
    public static final String META_SUBSCRIPTION = RESERVED + "subscriptionId";

    /** The task that a legacy message belongs to. */
    public static final String META_RELATED_TASK = RESERVED + "related-task";

    /** The W3C trace that a request belongs to. */
    public static final String META_TRACE = "traceparent";

    /** By which progress of a request is told. */
    public static final String META_PROGRESS_TOKEN = "progressToken";

    /** Header with the revision. */
    public static final String VERSION_HEADER = "MCP-Protocol-Version";

    /** Header with the session of a legacy request. */
    public static final String SESSION_HEADER = "Mcp-Session-Id";

    /** Header that repeats the method of a modern request. */
    public static final String METHOD_HEADER = "Mcp-Method";

    /** Header that repeats what a modern request is about. */
    public static final String NAME_HEADER = "Mcp-Name";

    private Protocol() {}
}
