package io.longhaul.api.http;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.json.JsonFault;
import io.longhaul.json.JsonSize;
import io.longhaul.json.TreeMemory;
import io.longhaul.tools.params.StrictJson;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.eclipse.jetty.io.EofException;

/**
 * Reads request bodies: JSON objects in UTF-8, of limited size and depth. Numbers keep all their digits. A repeated member
 * and text after the end are errors.
 */
public final class JsonBodies {
    /** Lines of JSON. */
    public static final String LINES = "application/x-ndjson";

    /** Bytes that are read and dropped of a body that is too large, so that its sender can read the answer. */
    private static final long SKIPPED_BYTES = 16 << 20;

    private static final int PART = 16 << 10;

    private static final String TOO_LONG = "A number has more digits than can be stored.";
    private static final String TOO_DEEP = "The body is nested deeper than " + StrictJson.DEEPEST + " levels.";

    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private static final ObjectMapper JSON = StrictJson.builder()
            // The order of members has no meaning: equal params must become equal text.
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();

    private final int maxBytes;
    private final boolean strict;

    public JsonBodies(int maxBytes) {
        this(maxBytes, true);
    }

    private JsonBodies(int maxBytes, boolean strict) {
        this.maxBytes = maxBytes;
        this.strict = strict;
    }

    /** For reports of tools: text that cannot be stored is changed, because a refusal would lose their work. */
    public static JsonBodies ofTools(int maxBytes) {
        return new JsonBodies(maxBytes, false);
    }

    /**
     * Reads a body to its end. One of very many values is refused: its tree would take twenty times its memory, for as long
     * as the request.
     *
     * @param body decompressed; read up to one byte beyond the limit
     * @return the object
     * @throws RefusedException 413, 400 or 422
     */
    public ObjectNode read(InputStream body) {
        return few(decode(bytes(body)));
    }

    /** Reads a body that may be left out, which means an empty object. */
    public ObjectNode readIfAny(InputStream body) {
        byte[] bytes = bytes(body);
        return bytes.length == 0 ? JSON.createObjectNode() : few(decode(bytes));
    }

    /**
     * Reads a body of any number of values.
     *
     * @param use makes something smaller of the object, without waiting for anything: there is room for few large ones
     * @throws RefusedException 413, 400 or 422
     */
    public <T> T read(InputStream body, Function<ObjectNode, T> use) {
        String text = decode(bytes(body));
        return TreeMemory.OF_HEAP.with(text, () -> use.apply(checked(parse(text))));
    }

    /** As {@link #read(InputStream, Function)}, for a body that may be left out, which means an empty object. */
    public <T> T readIfAny(InputStream body, Function<ObjectNode, T> use) {
        byte[] bytes = bytes(body);
        return bytes.length == 0 ? use.apply(JSON.createObjectNode()) : read(new ByteArrayInputStream(bytes), use);
    }

    /**
     * Reads a body with a list whose elements become trees one after the other.
     *
     * @param list name of the member
     * @param most elements; a body with more is read no further
     */
    public ListBody readList(InputStream body, String list, int most) {
        return ListBody.of(decode(bytes(body)), list, most);
    }

    private ObjectNode few(String text) {
        if (JsonSize.atMost(text) > JsonSize.FEW && parsed(text, JsonSize::of) > JsonSize.FEW) {
            throw new RefusedException(
                    ErrorCode.PAYLOAD_TOO_LARGE, "The body has more than " + JsonSize.FEW + " names and values.");
        }
        return checked(parse(text));
    }

    private ObjectNode checked(ObjectNode body) {
        if (strict) {
            UnstorableText.refuseIn(body);
        }
        return body;
    }

    /** JSON text of a value that {@link #read} gave, with all digits. */
    public static String text(JsonNode value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can always be written", e);
        }
    }

    /**
     * Receives a body from a client that may be slow, to be read later at once.
     *
     * @throws RefusedException 413 or 400
     */
    public InputStream receive(InputStream body) {
        return new ByteArrayInputStream(bytes(body));
    }

    /**
     * Receives a body from a client that may be slow, to be read later at once.
     *
     * @param to takes the body up to one byte beyond the limit; the rest is dropped
     */
    public void receive(InputStream body, OutputStream to) throws IOException {
        byte[] part = new byte[PART];
        int left = maxBytes + 1;
        while (left > 0) {
            int most = Math.min(left, PART);
            int count = arriving(() -> body.read(part, 0, most));
            if (count < 0) {
                return;
            }
            to.write(part, 0, count);
            left -= count;
        }
        skipRest(body);
    }

    private byte[] bytes(InputStream body) {
        byte[] bytes = arriving(() -> body.readNBytes(maxBytes + 1));
        if (bytes.length > maxBytes) {
            skipRest(body);
            throw new RefusedException(ErrorCode.PAYLOAD_TOO_LARGE, "The body is larger than " + maxBytes + " bytes.");
        }
        return bytes;
    }

    /** A step of reading from a client. */
    private interface Arrival<T> {
        T await() throws IOException;
    }

    private static <T> T arriving(Arrival<T> arrival) {
        try {
            return arrival.await();
        } catch (IOException | RuntimeException e) {
            throw unread(e);
        }
    }

    /** A client that is still sending when the connection closes may lose the answer to that (RFC 9112, 9.6). */
    private static void skipRest(InputStream body) {
        try {
            var unused = body.skip(SKIPPED_BYTES);
        } catch (IOException | RuntimeException e) {
            // The answer does not change.
        }
    }

    /** The exception for a body that could not be read. Jetty wraps errors of compressed bodies. */
    public static RuntimeException unread(Exception failure) {
        if (failure instanceof IOException io) {
            return new RefusedException(unreadable(io));
        }
        return failure.getCause() instanceof IOException wrapped
                ? new RefusedException(unreadable(wrapped))
                : (RuntimeException) failure;
    }

    public static Refusal unreadable(IOException failure) {
        if (failure instanceof BoundedBody.TooLargeException) {
            return Refusal.of(ErrorCode.PAYLOAD_TOO_LARGE, failure.getMessage());
        }
        if (failure instanceof EofException) {
            return Refusal.of(ErrorCode.BAD_REQUEST, "The connection was closed before the request was complete.");
        }
        return failure.getCause() instanceof TimeoutException
                ? Refusal.of(ErrorCode.REQUEST_TIMEOUT)
                : Refusal.of(ErrorCode.BAD_REQUEST, "The body could not be read: is its encoding what it says?");
    }

    private static String decode(byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw malformed("The body is not UTF-8.");
        }
    }

    private static ObjectNode parse(String text) {
        if (parsed(text, JsonBodies::tree) instanceof ObjectNode object) {
            return object;
        }
        throw noObject();
    }

    static RefusedException noObject() {
        return new RefusedException(
                ErrorCode.INVALID_REQUEST,
                "The body must be a JSON object.",
                null,
                List.of(new FieldError("", "must be an object")));
    }

    static JsonNode tree(JsonParser parser) throws IOException {
        return JSON.readTree(parser);
    }

    /** Reads the value that a parser stands at, to its end. */
    interface Reading<T> {
        T read(JsonParser parser) throws IOException;
    }

    /** Reads a text that is one JSON value; refuses it if it is malformed. */
    static <T> T parsed(String text, Reading<T> reading) {
        try (JsonParser parser = JSON.createParser(text)) {
            T value = within(parser, reading);
            if (parser.nextToken() != null) {
                throw malformed(
                        "Something follows the JSON value, at " + JsonFault.place(parser.currentTokenLocation()) + ".");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw malformed("The body is not JSON: " + JsonFault.of(e) + ".");
        } catch (IOException e) {
            throw new IllegalStateException("Text in memory can always be read", e);
        }
    }

    private static <T> T within(JsonParser parser, Reading<T> reading) throws IOException {
        try {
            if (parser.nextToken() == null) {
                throw malformed("The body is empty: send a JSON object.");
            }
            return reading.read(parser);
        } catch (StreamConstraintsException e) {
            throw tooMuch(parser);
        } catch (MismatchedInputException e) {
            throw twice(e.getLocation());
        } catch (NumberFormatException e) {
            throw tooLong(parser);
        }
    }

    static RefusedException twice(JsonLocation location) {
        return malformed("The body has the same member twice, at " + JsonFault.place(location) + ".");
    }

    /** The parser's position shows the limit that was hit: a number, or the start of another level. */
    private static RefusedException tooMuch(JsonParser parser) {
        boolean deep = parser.getParsingContext().getNestingDepth() > StrictJson.DEEPEST;
        return deep ? malformed(TOO_DEEP) : tooLong(parser);
    }

    /** Tells whether a body was refused because a number has too many digits. */
    public static boolean hasTooLongNumber(Refusal refusal) {
        return TOO_LONG.equals(refusal.message());
    }

    /** Tells whether a body was refused because its values are nested too deep. */
    public static boolean isTooDeep(Refusal refusal) {
        return TOO_DEEP.equals(refusal.message());
    }

    private static RefusedException tooLong(JsonParser parser) {
        String pointer = parser.getParsingContext().pathAsPointer().toString();
        return new RefusedException(
                ErrorCode.INVALID_REQUEST,
                TOO_LONG,
                null,
                List.of(new FieldError(pointer, "has more digits than can be stored: send it as a string")));
    }

    static RefusedException malformed(String message) {
        return new RefusedException(ErrorCode.MALFORMED_JSON, message);
    }
}
