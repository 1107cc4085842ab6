package io.longhaul.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.mcp.protocol.MirroredParams;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.tools.McpPolicy;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import java.util.Locale;
import java.util.Optional;

/** The tools that a client may call. */
final class ToolCatalog {
    /** Keyword of schemas by which servers ask for params in headers. */
    private static final String MIRRORED = "x-mcp-header";

    private static final int LONGEST_SHOWN = 100;

    private final ToolRegistry tools;
    private final HandleTools handles;
    private final JobCardTools card;
    private final boolean cardForAll;

    /** With the tools that handle jobs and those of the job card, or null where they are not offered. */
    ToolCatalog(ToolRegistry tools, HandleTools handles, JobCardTools card, boolean cardForAll) {
        this.tools = tools;
        this.handles = handles;
        this.card = card;
        this.cardForAll = cardForAll;
    }

    /**
     * All tools, in alphabetical order; the schema of a tool is the same object until the tool changes.
     *
     * @param saysTasks whether it is said which tools are run as tasks
     * @param showsApps whether the client shows pages of servers
     */
    ObjectNode list(Caller caller, boolean saysTasks, boolean showsApps) {
        boolean withCard = card != null && (showsApps || cardForAll);
        ObjectNode result = Rpc.object();
        ArrayNode list = result.putArray("tools");
        for (RegisteredTool tool : tools.list()) {
            if (caller.principal().mayUse(tool.name())) {
                ObjectNode entry = list.addObject()
                        .put("name", tool.name())
                        .put("description", tool.description().description());
                entry.set("inputSchema", schema(tool.description().paramsSchema()));
                if (withCard && tool.policy().mcp().tasks() != McpPolicy.Tasks.FORBIDDEN) {
                    JobCard.addTo(entry);
                }
                if (saysTasks) {
                    entry.putObject("execution")
                            .put(
                                    "taskSupport",
                                    tool.policy().mcp().tasks().name().toLowerCase(Locale.ROOT));
                }
            }
        }
        if (handles != null) {
            handles.describe(list, this::isTaken, withCard);
        }
        if (withCard) {
            card.describe(list, this::isTaken);
        }
        return result;
    }

    boolean hasCard() {
        return card != null;
    }

    private boolean isTaken(String name) {
        return tools.find(name).isPresent();
    }

    /** An object that is another one after each change of the list. */
    Object state() {
        return tools.list();
    }

    /** The handle tools, if the name is of one of them. */
    Optional<HandleTools> handle(String name) {
        return handles != null && HandleTools.isOne(name) && !isTaken(name) ? Optional.of(handles) : Optional.empty();
    }

    /** The tools of the job card, if this is the name of one that is offered. */
    Optional<JobCardTools> ofCard(String name) {
        return card != null && JobCardTools.isOne(name) && !isTaken(name) ? Optional.of(card) : Optional.empty();
    }

    /** A tool that the caller may not use is not found, as if it did not exist. */
    RegisteredTool require(String name, Caller caller) {
        return tools.find(name)
                .filter(tool -> caller.principal().mayUse(name))
                .orElseThrow(() -> new RpcError(
                        RpcError.INVALID_PARAMS,
                        "Unknown tool: " + shown(name) + "." + tools.hint(name, caller.principal()::mayUse)
                                + " tools/list has those that you may call."));
    }

    private static String shown(String name) {
        return name.length() > LONGEST_SHOWN ? name.substring(0, LONGEST_SHOWN) + "..." : name;
    }

    /** Refuses a call of the modern era whose headers do not repeat what its tool wants there. */
    static void requireMirrored(RegisteredTool tool, Exchange exchange) {
        String wrong = MirroredParams.orNone(tool.description().paramsSchema())
                .mismatch(exchange.message().params().path("arguments"), exchange::header);
        if (wrong != null) {
            throw ModernEra.headerMismatch(wrong);
        }
    }

    /** The schema of a tool for clients. MCP demands that it says that arguments are objects. */
    private static JsonNode schema(JsonNode params) {
        if (!(params instanceof ObjectNode object)) {
            return Rpc.object().put("type", "object");
        }
        ObjectNode schema = object.deepCopy();
        if (MirroredParams.orNone(schema).headers().isEmpty()) {
            // Clients refuse a tool whose annotations are wrong.
            removeMirrored(schema);
        }
        if (!"object".equals(schema.path("type").asText())) {
            schema.put("type", "object");
        }
        return schema;
    }

    private static void removeMirrored(JsonNode node) {
        if (node instanceof ObjectNode object && object.path(MIRRORED).isTextual()) {
            object.remove(MIRRORED);
        }
        node.forEach(ToolCatalog::removeMirrored);
    }
}
