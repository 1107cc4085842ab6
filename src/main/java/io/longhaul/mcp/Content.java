package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Rpc;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/** The content of a resource. */
final class Content {
    private static final Set<String> TEXTS =
            Set.of("application/json", "application/xml", "application/yaml", "application/javascript");

    private Content() {}

    static ObjectNode of(String uri, String mimeType, String text) {
        return described(uri, mimeType).put("text", text);
    }

    /** The content as text if it is text in UTF-8, and as base64 otherwise. */
    static ObjectNode of(String uri, String mimeType, byte[] bytes) {
        if (mimeType.startsWith("text/") || TEXTS.contains(mimeType.replaceFirst(";.*", ""))) {
            try {
                return of(
                        uri,
                        mimeType,
                        StandardCharsets.UTF_8
                                .newDecoder()
                                .decode(ByteBuffer.wrap(bytes))
                                .toString());
            } catch (CharacterCodingException e) {
                McpServer.LOG.debug("{} is no text in UTF-8", uri, e);
            }
        }
        return described(uri, mimeType).put("blob", Base64.getEncoder().encodeToString(bytes));
    }

    private static ObjectNode described(String uri, String mimeType) {
        return Rpc.object().put("uri", uri).put("mimeType", mimeType);
    }
}
