package io.longhaul.cli.remote;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.client.LonghaulException.FieldError;
import io.longhaul.environment.FileFault;
import io.longhaul.environment.Program;
import io.longhaul.json.JsonFault;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Builds params from arguments: {@code --params} with JSON, a file or standard input, and {@code key=value} added to
 * it.
 */
final class Params {
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                    // The server has limits of its own.
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS, DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private Params() {}

    static ObjectNode read(String given, List<String> pairs, InputStream in) {
        ObjectNode params = given == null ? JSON.createObjectNode() : object("--params", given, in);
        Set<String> names = new HashSet<>();
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new Misuse("\"" + pair + "\" is not of the form key=value");
            }
            String name = pair.substring(0, equals);
            if (!names.add(name)) {
                throw new Misuse("\"" + name + "\" is given twice");
            }
            params.set(name, value(name, pair.substring(equals + 1)));
        }
        return params;
    }

    /** An object that an option or an operand holds, such as the filter of an operation. */
    static ObjectNode of(String option, String given, InputStream in) {
        return object(option, given, in);
    }

    /**
     * An object on a line of a file.
     *
     * @param line which one, for what is said of it
     */
    static ObjectNode line(String text, String line) {
        try {
            return object(line, JSON.readTree(text));
        } catch (JsonProcessingException e) {
            throw new Misuse(line + " is not JSON: " + JsonFault.ofLine(e));
        }
    }

    /** A text that an option holds, which had better not be seen in the list of processes. */
    static String secret(String option, String given, InputStream in) {
        return text(option, given, in).strip();
    }

    /** The answer to a question: any JSON, or an object of pairs. */
    static JsonNode content(String given, List<String> pairs, InputStream in) {
        return given == null || !pairs.isEmpty() ? read(given, pairs, in) : json("--content", given, in);
    }

    private static ObjectNode object(String option, String given, InputStream in) {
        return object(option, json(option, given, in));
    }

    private static ObjectNode object(String option, JsonNode json) {
        if (json instanceof ObjectNode object) {
            return object;
        }
        throw new Misuse(option + " must be a JSON object");
    }

    private static JsonNode json(String option, String given, InputStream in) {
        try {
            return JSON.readTree(text(option, given, in));
        } catch (JsonProcessingException e) {
            throw new Misuse(named(option, given) + " is not JSON: " + JsonFault.of(e));
        }
    }

    private static String text(String option, String given, InputStream in) {
        try {
            if (given.equals("-")) {
                return unmarked(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            return given.startsWith("@") ? unmarked(Files.readString(Path.of(given.substring(1)))) : given;
        } catch (IOException e) {
            throw new Misuse(named(option, given) + " cannot be read: " + FileFault.ofReading(e));
        }
    }

    /** A text without the mark that some editors put at the beginning of a file. */
    static String unmarked(String text) {
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** The option with the file that was meant; what else it holds may be long or secret. */
    private static String named(String option, String given) {
        return given.equals("-") || given.startsWith("@") ? option + " " + given : option;
    }

    /** What to write instead of a pair whose value is JSON, where the tool wants a text. */
    static Optional<String> cure(FieldError wrong, List<String> pairs) {
        return pairs.stream()
                .filter(pair -> wrong.message().matches(".* found, .*\\bstring\\b.* expected\\W*")
                        && wrong.pointer().equals("/params/" + pair.replaceFirst("(?s)=.*", "")))
                .map(pair -> pair.split("=", 2))
                .map(pair -> "A value that is JSON is sent as JSON. For a text write "
                        + Program.quoted(pair[0] + "=" + TextNode.valueOf(pair[1])))
                .findFirst();
    }

    /** JSON if it is valid JSON, else a text: {@code n=3} is a number, {@code n='"3"'} a text. */
    private static JsonNode value(String name, String text) {
        try {
            JsonNode json = JSON.readTree(text);
            return json.isMissingNode() ? JSON.getNodeFactory().textNode(text) : json;
        } catch (JsonProcessingException e) {
            if (JsonFault.isTwice(e)) {
                throw new Misuse("the value of \"" + name + "\" is not JSON: " + JsonFault.of(e));
            }
            return JSON.getNodeFactory().textNode(text);
        }
    }
}
