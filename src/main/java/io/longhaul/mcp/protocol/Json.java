package io.longhaul.mcp.protocol;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.json.JsonSize;
import io.longhaul.tools.params.StrictJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Reads and writes messages, by the rules of {@link StrictJson}. */
public final class Json {
    private static final int BAD_REQUEST = 400;
    private static final int TOO_LARGE = 413;

    private static final JsonMapper JSON = StrictJson.builder().build();

    private static final JsonMapper SORTED = JSON.rebuild()
            // The order of members has no meaning: equal arguments must become equal text.
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();

    private Json() {}

    /**
     * Reads one message.
     *
     * @param bytes JSON in UTF-8
     * @return an object
     * @throws RpcError if it is not one JSON object
     */
    public static ObjectNode read(byte[] bytes) {
        return message(readAny(bytes));
    }

    /**
     * Requires an object, as every message is one.
     *
     * @param value any JSON value
     * @return the same value
     * @throws RpcError if it is not an object
     */
    public static ObjectNode message(JsonNode value) {
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw new RpcError(RpcError.INVALID_REQUEST, "A message of JSON-RPC 2.0 is an object.").withStatus(BAD_REQUEST);
    }

    /**
     * As {@link #readAny}, for what clients send. One of very many values is refused: its tree would take twenty times its
     * memory, for as long as the call, which may be hours.
     *
     * @throws RpcError also if it has too many values
     */
    public static JsonNode readRequest(byte[] bytes) {
        String text = decode(bytes);
        if (JsonSize.atMost(text) > JsonSize.FEW && parsed(text, JsonSize::of) > JsonSize.FEW) {
            throw new RpcError(
                            RpcError.INVALID_REQUEST,
                            "The body has more than " + JsonSize.FEW
                                    + " names and values: pass large data on as a file.")
                    .withStatus(TOO_LARGE);
        }
        return parsed(text, Json::value);
    }

    /**
     * Reads one message, or a batch of messages.
     *
     * @param bytes JSON in UTF-8
     * @return any JSON value
     * @throws RpcError if it is not one JSON value
     */
    public static JsonNode readAny(byte[] bytes) {
        return parsed(decode(bytes), Json::value);
    }

    private static JsonNode value(JsonParser parser) throws IOException {
        return JSON.readTree(parser);
    }

    /** Reads the value that a parser stands at, to its end. */
    private interface Reading<T> {
        T read(JsonParser parser) throws IOException;
    }

    private static <T> T parsed(String text, Reading<T> reading) {
        try (JsonParser parser = JSON.createParser(text)) {
            T value = within(parser, reading);
            if (parser.nextToken() != null) {
                throw unreadable("something follows the message");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw unreadable("it is malformed" + place(e));
        } catch (IOException e) {
            throw new IllegalStateException("Text in memory can always be read", e);
        }
    }

    private static <T> T within(JsonParser parser, Reading<T> reading) throws IOException {
        try {
            if (parser.nextToken() == null) {
                throw unreadable("the body is empty");
            }
            return reading.read(parser);
        } catch (StreamConstraintsException e) {
            boolean deep = parser.getParsingContext().getNestingDepth() > StrictJson.DEEPEST;
            throw unreadable(
                    deep
                            ? "it is nested deeper than " + StrictJson.DEEPEST + " levels"
                            : "a number in it has too many digits");
        } catch (MismatchedInputException e) {
            throw unreadable("it has the same member twice" + place(e));
        }
    }

    private static String place(JsonProcessingException e) {
        return e.getLocation() == null
                ? ""
                : " at line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr();
    }

    private static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unreadable("it is not UTF-8");
        }
    }

    private static RpcError unreadable(String what) {
        return new RpcError(RpcError.PARSE_ERROR, "The body is not JSON: " + what + ".").withStatus(BAD_REQUEST);
    }

    /**
     * Reads JSON of this server: stored in the database or part of the code.
     *
     * @param text one JSON value
     * @return the value
     */
    public static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("This is always JSON", e);
        }
    }

    /**
     * Writes a message.
     *
     * @param value any tree
     * @return JSON in UTF-8
     */
    public static byte[] bytes(JsonNode value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can always be written", e);
        }
    }

    /**
     * Writes arguments, the members of objects in the order of their names.
     *
     * @param value any tree
     * @return the same text for the same value
     */
    public static String sorted(JsonNode value) {
        try {
            return SORTED.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can always be written", e);
        }
    }
}
