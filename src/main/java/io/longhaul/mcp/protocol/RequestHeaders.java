package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Headers that repeat parts of a modern message, so that proxies can route it without reading its body. */
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
     * The name of the param that the header {@link Protocol#NAME_HEADER} repeats.
     *
     * @param method of the message
     * @return null if requests of the method have no such header
     */
    public static String nameMember(String method) {
        return switch (method) {
            case Methods.TOOLS_CALL, Methods.PROMPTS_GET -> "name";
            case Methods.RESOURCES_READ -> "uri";
            case Methods.TASKS_GET, Methods.TASKS_UPDATE, Methods.TASKS_CANCEL -> "taskId";
            default -> null;
        };
    }
}
