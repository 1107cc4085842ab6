package io.longhaul.mcp;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Rpc;
import io.longhaul.mcp.protocol.RpcError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A text or a file that the configuration offers to clients, such as a guide to the tools. A URI with <code>{name}</code> in it is
 * a template: the name stands for any text without a slash, and is replaced in the text of the resource.
 *
 * @param uri URI or template
 * @param name name for people
 * @param description description for models
 * @param mimeType media type of the content
 * @param text the content, or null
 * @param file path of the content, or null; read at each request
 */
record PublishedResource(String uri, String name, String description, String mimeType, String text, String file) {
    private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]*:.+");

    /** Models read short texts; larger content is better fetched over HTTP. */
    private static final long MOST_BYTES = 4 << 20;

    /** Rejects wrong URIs, and resources without or with two contents. */
    PublishedResource {
        if (uri == null || !SCHEME.matcher(uri).matches() || uri.startsWith("longhaul:")) {
            throw new IllegalArgumentException("mcp.resources has the uri '" + uri
                    + "': write an address with a scheme of your own, such as docs://guide");
        }
        if ((text == null) == (file == null)) {
            throw new IllegalArgumentException("mcp.resources: " + uri + " needs either text or file");
        }
    }

    @JsonCreator
    static PublishedResource of(
            @JsonProperty("uri") String uri,
            @JsonProperty("name") String name,
            @JsonProperty("description") String description,
            @JsonProperty("mimeType") String mimeType,
            @JsonProperty("text") String text,
            @JsonProperty("file") String file) {
        return new PublishedResource(
                uri,
                name == null ? uri : name,
                description == null ? name == null ? uri : name : description,
                mimeType == null ? "text/plain" : mimeType,
                text,
                file);
    }

    boolean isTemplate() {
        return new UriTemplate(uri).hasPlaces();
    }

    /** The entry of a list of resources or templates. */
    ObjectNode json() {
        return Rpc.object()
                .put(isTemplate() ? "uriTemplate" : "uri", uri)
                .put("name", name)
                .put("description", description)
                .put("mimeType", mimeType);
    }

    /** The content for a URI; empty if the URI is not of this resource. */
    Optional<ObjectNode> read(String address) {
        return isTemplate()
                ? filled(address)
                : address.equals(uri) ? Optional.of(content(address, text)) : Optional.empty();
    }

    private Optional<ObjectNode> filled(String address) {
        return new UriTemplate(uri).match(address).map(values -> {
            String filled = text;
            for (Map.Entry<String, String> value : values) {
                filled = filled == null ? null : filled.replace(value.getKey(), value.getValue());
            }
            return content(address, filled);
        });
    }

    private ObjectNode content(String address, String filled) {
        return filled != null ? Content.of(address, mimeType, filled) : Content.of(address, mimeType, bytes());
    }

    private byte[] bytes() {
        try {
            Path path = Path.of(file);
            if (Files.size(path) > MOST_BYTES) {
                throw new RpcError(
                        RpcError.INTERNAL_ERROR, uri + " is larger than the " + MOST_BYTES + " bytes that are shown.");
            }
            return Files.readAllBytes(path);
        } catch (IOException e) {
            McpServer.LOG.warn("The resource {} cannot be read: {}", uri, e.toString());
            throw new RpcError(RpcError.INTERNAL_ERROR, uri + " cannot be read at the moment.");
        }
    }
}
