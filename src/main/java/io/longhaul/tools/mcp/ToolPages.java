package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Methods;
import io.longhaul.mcp.protocol.Rpc;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/**
 * Lists the tools of a server, page after page, but not without end.
 *
 * @param longest wait for each page
 */
record ToolPages(Session session, Duration longest) {
    /** More than any server has, at 50 tools a page. */
    private static final int MOST_PAGES = 100;

    /** Bound on all pages together, which are kept in memory. */
    private static final int MOST_CHARACTERS = 16 << 20;

    List<JsonNode> all() throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        List<JsonNode> tools = new ArrayList<>();
        Set<String> cursors = new HashSet<>();
        long characters = 0;
        String cursor = null;
        for (int pages = 0; pages < MOST_PAGES; pages++) {
            ObjectNode params = Rpc.object();
            if (cursor != null) {
                params.put("cursor", cursor);
            }
            JsonNode page = session.request(Methods.TOOLS_LIST, params, longest);
            characters += page.toString().length();
            if (characters > MOST_CHARACTERS) {
                throw RpcException.malformed("its list of tools has more than " + MOST_CHARACTERS + " characters");
            }
            add(page.path("tools"), tools);
            cursor = next(page.path("nextCursor"));
            if (cursor == null) {
                return tools;
            }
            if (!cursors.add(cursor)) {
                throw RpcException.malformed("its list of tools does not end: a cursor comes twice");
            }
        }
        throw RpcException.malformed("its list of tools has more than " + MOST_PAGES + " pages");
    }

    private static void add(JsonNode listed, List<JsonNode> tools) throws RpcException {
        if (!listed.isArray()) {
            throw RpcException.malformed("the tools that it lists are no list");
        }
        listed.forEach(tools::add);
    }

    private static String next(JsonNode cursor) throws RpcException {
        if (!cursor.isMissingNode() && !cursor.isNull() && !cursor.isTextual()) {
            throw RpcException.malformed("the nextCursor of its list of tools is no text");
        }
        return cursor.textValue();
    }
}
