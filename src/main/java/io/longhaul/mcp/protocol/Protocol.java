package io.longhaul.mcp.protocol;

import java.util.List;

/** Names of the protocol: versions, headers, keys of {@code _meta}. {@link Methods} has the methods. */
public final class Protocol {
    /** The revision without sessions, in which each request carries its version and capabilities. */
    public static final String MODERN = "2026-07-28";

    /** The newest revision that begins with {@code initialize}. */
    public static final String LEGACY = "2025-11-25";

    /** The only revision with batches: arrays of messages. */
    public static final String WITH_BATCHES = "2025-03-26";

    /** All revisions that begin with {@code initialize}, newest first. */
    public static final List<String> LEGACY_VERSIONS = List.of(LEGACY, "2025-06-18", WITH_BATCHES);

    /** Prefix of the keys in {@code _meta} that the protocol reserves. */
    public static final String RESERVED = "io.modelcontextprotocol/";

    /** Name of the modern extension that lets calls become tasks. */
    public static final String TASKS = RESERVED + "tasks";

    /** The extension of hosts that show pages of servers: MCP Apps. */
    public static final String APPS = RESERVED + "ui";

    /** What a host of MCP Apps is to know of a tool or a resource. */
    public static final String META_UI = "ui";

    /** Revision of a modern request. */
    public static final String META_VERSION = RESERVED + "protocolVersion";

    /** Capabilities of the client of a modern request. */
    public static final String META_CAPABILITIES = RESERVED + "clientCapabilities";

    /** Name and version of the client of a modern request. */
    public static final String META_CLIENT = RESERVED + "clientInfo";

    /** Least level of log lines that a modern request wants. */
    public static final String META_LOG_LEVEL = RESERVED + "logLevel";

    /** Name and version of the server, in modern results. */
    public static final String META_SERVER = RESERVED + "serverInfo";

    /** Id of the {@code subscriptions/listen} request that a modern notification belongs to. */
    public static final String META_SUBSCRIPTION = RESERVED + "subscriptionId";

    /** Task that a legacy message belongs to. */
    public static final String META_RELATED_TASK = RESERVED + "related-task";

    /** W3C trace that a request belongs to. */
    public static final String META_TRACE = "traceparent";

    /** Token that notifications of the progress of a request repeat. */
    public static final String META_PROGRESS_TOKEN = "progressToken";

    /** Header with the revision of a request. */
    public static final String VERSION_HEADER = "MCP-Protocol-Version";

    /** Header with the session of a legacy request. */
    public static final String SESSION_HEADER = "Mcp-Session-Id";

    /** Header that repeats the method of a modern request. */
    public static final String METHOD_HEADER = "Mcp-Method";

    /** Header that repeats the tool, resource or task of a modern request. */
    public static final String NAME_HEADER = "Mcp-Name";

    private Protocol() {}
}
