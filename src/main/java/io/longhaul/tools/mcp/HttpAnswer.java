package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.tools.params.Storable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * An HTTP answer to a request, and what is wrong with it if it is none of this protocol.
 *
 * @param type content type without parameters, or empty
 * @param location where it redirects to, or null
 * @param most largest message in bytes
 */
record HttpAnswer(int status, String type, URI location, int most) {
    private static final String UNKNOWN = "; whether the work was done is unknown";
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int LONGEST_QUOTE = 200;
    private static final Pattern OF_SESSION = Pattern.compile("(?i)\\bsession\\b");

    /**
     * A body of one message.
     *
     * @param message missing if the text cannot be read as one
     */
    record Body(String text, JsonNode message) {
        static Body of(String text) {
            boolean readable = Storable.isReadableJson(text);
            return new Body(text, readable ? ParamsJson.parse(text) : MissingNode.getInstance());
        }
    }

    HttpAnswer(HttpResponse<?> response, int most) {
        this(
                response.statusCode(),
                response.headers()
                        .firstValue("content-type")
                        .map(type -> type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT))
                        .orElse(""),
                target(response),
                most);
    }

    private static URI target(HttpResponse<?> response) {
        try {
            return response.headers()
                    .firstValue("location")
                    .map(response.uri()::resolve)
                    .orElse(null);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    boolean isStream() {
        return type.equals("text/event-stream");
    }

    /** Passes on each message of a stream; complains at its end if one could not be read. */
    void follow(InputStream in, Consumer<JsonNode> sink) throws IOException, TooLargeException, RpcException {
        boolean[] unreadable = {false};
        new EventStreamReader(most).read(in, text -> {
            JsonNode message = Body.of(text).message();
            if (message.isObject()) {
                sink.accept(message);
            } else {
                unreadable[0] = true;
            }
        });
        if (unreadable[0]) {
            throw RpcException.malformed(
                    "an event of its answer is no JSON object, or is nested too deep or has too long a number"
                            + UNKNOWN);
        }
    }

    Body read(InputStream in) throws IOException, TooLargeException {
        byte[] bytes = in.readNBytes(most + 1);
        if (bytes.length > most) {
            throw new TooLargeException(most);
        }
        return Body.of(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Says whether a request that named a session was refused because that has ended. Then nothing ran. */
    boolean isForSessionThatEnded(Body body) {
        JsonNode error = body.message().path("error");
        int code = error.path("code").asInt();
        if (status == NOT_FOUND) {
            return code != RpcError.METHOD_NOT_FOUND;
        }
        return (status == BAD_REQUEST || code == RpcError.INVALID_REQUEST)
                && OF_SESSION
                        .matcher(error.isObject() ? error.path("message").asText() : shortened(body.text()))
                        .find();
    }

    /** The message of the body; throws what is wrong if there is none. */
    JsonNode message(Body body) throws RpcException {
        if (body.message().has("jsonrpc")) {
            return body.message();
        }
        if (status >= BAD_REQUEST) {
            throw new RpcException(status, "HTTP status " + status);
        }
        throw RpcException.malformed(problem(body));
    }

    private String problem(Body body) {
        if (status >= 300) {
            return "it redirects to %s (HTTP status %d): set `url` to the address that answers"
                    .formatted(place(), status);
        }
        if (type.equals("application/json")) {
            String what = !body.message().isMissingNode()
                    ? "is JSON, but no message of MCP"
                    : Storable.isJson(body.text()) ? "is nested too deep or has too long a number" : "is no JSON";
            return "its answer " + what + UNKNOWN;
        }
        String content = type.isEmpty() ? "without a content type" : "of type " + shortened(type);
        return "it answered with content %s (HTTP status %d), which is no MCP answer: check `url`"
                .formatted(content, status);
    }

    /** Without user, password and query, which may be secret. */
    private String place() {
        if (location == null || location.getHost() == null) {
            return "no address that can be read";
        }
        String port = location.getPort() < 0 ? "" : ":" + location.getPort();
        String path = location.getRawPath() == null ? "" : location.getRawPath();
        return shortened(location.getScheme() + "://" + location.getHost() + port + path);
    }

    /** Bounded, for messages. */
    static String shortened(String text) {
        return text.length() > LONGEST_QUOTE ? text.substring(0, LONGEST_QUOTE) + "..." : text;
    }
}
