package io.longhaul.cli.remote;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Builds params from arguments: {@code --params} with JSON, a file or standard input, and {@code key=value} added to
 * it.
 */
final class Params {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Params() {}

    static ObjectNode read(String given, List<String> pairs, InputStream in) {
        ObjectNode params = given == null ? JSON.createObjectNode() : object("--params", given, in);
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new Misuse("\"" + pair + "\" is not of the form key=value");
            }
            params.set(pair.substring(0, equals), value(pair.substring(equals + 1)));
        }
        return params;
    }

    /** An object that an option holds, such as the filter of an operation. */
    static ObjectNode of(String option, String given, InputStream in) {
        return object(option, given, in);
    }

    /** A text that an option holds, which had better not be seen in the list of processes. */
    static String secret(String option, String given, InputStream in) {
        try {
            return text(given, in).strip();
        } catch (IOException e) {
            throw new Misuse(option + " cannot be read: " + e);
        }
    }

    /** The answer to a question: any JSON, or an object of pairs. */
    static JsonNode content(String given, List<String> pairs, InputStream in) {
        if (given == null || !pairs.isEmpty()) {
            return read(given, pairs, in);
        }
        try {
            return JSON.readTree(text(given, in));
        } catch (JsonProcessingException e) {
            throw new Misuse("--content is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new Misuse("--content cannot be read: " + e);
        }
    }

    private static ObjectNode object(String option, String given, InputStream in) {
        try {
            JsonNode json = JSON.readTree(text(given, in));
            if (json instanceof ObjectNode object) {
                return object;
            }
            throw new Misuse(option + " must be a JSON object");
        } catch (JsonProcessingException e) {
            throw new Misuse(option + " is not JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new Misuse(option + " cannot be read: " + e);
        }
    }

    private static String text(String given, InputStream in) throws IOException {
        if (given.equals("-")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        return given.startsWith("@") ? Files.readString(Path.of(given.substring(1))) : given;
    }

    /** JSON if it is valid JSON, else a text: {@code n=3} is a number, {@code n='"3"'} a text. */
    private static JsonNode value(String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return json.isMissingNode() ? JSON.getNodeFactory().textNode(text) : json;
        } catch (JsonProcessingException e) {
            return JSON.getNodeFactory().textNode(text);
        }
    }
}
