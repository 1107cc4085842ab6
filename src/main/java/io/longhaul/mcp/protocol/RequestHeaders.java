package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Headers in which a modern message repeats what it asks for, so that proxies can route it without reading its body. */
public final class RequestHeaders {
    private RequestHeaders() {}

    /**
     * The headers of a message.
     *
     * @param method of the message
     * @param params of the message
     * @return values by the names of headers
     */
    public static Map<String, String> of(String method, JsonNode params) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(Protocol.METHOD_HEADER, HeaderValue.encode(method));
        String member = nameMember(method);
        if (member != null) {
            headers.put(
                    Protocol.NAME_HEADER, HeaderValue.encode(params.path(member).asText("")));
        }
        return headers;
    }

    /**
     * Which param the header with the name repeats.
     *
     * @param method of the message
     * @return its name, or null if there is no such header
     */
    public static String nameMember(String method) {
        return switch (method) {
            case "tools/call", "prompts/get" -> "name";
            case "resources/read" -> "uri";
            case "tasks/get", "tasks/update", "tasks/cancel" -> "taskId";
            default -> null;
        };
    }
}
