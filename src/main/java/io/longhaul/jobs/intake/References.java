package io.longhaul.jobs.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.jobs.intake.SubmissionRejected.Field;
import io.longhaul.jobs.intake.SubmissionRejected.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * References in a job's params to the result of a predecessor: {@code {"$result": "<job id>"}} for all of it, with
 * {@code "pointer": "/a/0"} for a part, or with {@code "file": "a.txt"} for the id of a file it left. Values that are
 * put in are not searched for references.
 */
public final class References {
    private static final String RESULT = "$result";
    private static final String POINTER = "pointer";
    private static final String FILE = "file";
    private static final int LONGEST_SHOWN = 200;
    private static final Pattern ID = Pattern.compile("[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}");

    /** The sizes were checked when the text was accepted; every digit is kept. */
    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(2_000)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /**
     * A reference.
     *
     * @param at JSON pointer to it in the params
     * @param job the predecessor
     * @param pointer the part of its result
     * @param file path of the file that it left, or null for its result
     */
    public record Reference(String at, UUID job, JsonPointer pointer, String file) {
        LeftFile left() {
            return new LeftFile(job, file);
        }

        Part part() {
            return new Part(job, pointer);
        }
    }

    /**
     * A file that a job left.
     *
     * @param job the job
     * @param path of the file
     */
    public record LeftFile(UUID job, String path) {}

    /**
     * The values that replace references.
     *
     * @param results JSON text, by job and part of its result
     * @param files ids of files
     */
    public record Values(Map<Part, String> results, Map<LeftFile, UUID> files) {}

    /** A part of a result. */
    public record Part(UUID job, JsonPointer pointer) {}

    /** A reference that leads nowhere. */
    public static final class Unresolved extends Exception {
        private static final long serialVersionUID = 1L;

        public Unresolved(String message) {
            super(message);
        }
    }

    private References() {}

    /** Finds the references in any JSON. */
    public static List<Reference> in(JsonNode params) {
        List<Reference> found = new ArrayList<>();
        collect(params, "", found, new ArrayList<>());
        return found;
    }

    /** Rejects references to jobs that are not predecessors, and malformed references. */
    static void check(Submission submission) throws SubmissionRejected {
        if (!submission.params().contains("\"" + RESULT + "\"")) {
            return;
        }
        List<UUID> after = submission.extras().after();
        List<Reference> found = new ArrayList<>();
        List<Field> wrong = new ArrayList<>();
        collect(parse(submission.params()), "", found, wrong);
        if (after.isEmpty()) {
            // Jobs without predecessors may use the name, as long as it cannot be meant as a reference.
            wrong.clear();
        }
        found.stream()
                .filter(reference -> !after.contains(reference.job()))
                .map(reference -> new Field(
                        "/params" + reference.at() + "/" + RESULT, "must be one of the jobs that after names"))
                .forEach(wrong::add);
        if (!wrong.isEmpty()) {
            String first = wrong.get(0).pointer() + " " + wrong.get(0).message();
            throw new SubmissionRejected(Reason.INVALID_PARAMS, "The params name a result: " + first + ".", wrong);
        }
    }

    /** Puts the values into the params. */
    public static String resolve(String params, Values values) throws Unresolved {
        try {
            return JSON.writeValueAsString(resolved(parse(params), "", values));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can always be written", e);
        }
    }

    /** The parts of results that references name, once for each reference. */
    public static List<Part> parts(String params) {
        return in(parse(params)).stream()
                .filter(reference -> reference.file() == null)
                .map(Reference::part)
                .toList();
    }

    /** The files that references name, each once. */
    static List<LeftFile> files(String params) {
        return in(parse(params)).stream()
                .filter(reference -> reference.file() != null)
                .map(Reference::left)
                .distinct()
                .toList();
    }

    /** Reads JSON of any size. */
    public static JsonParser parser(String json) throws IOException {
        return JSON.createParser(json);
    }

    private static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Params and results are JSON", e);
        }
    }

    private static void collect(JsonNode node, String at, List<Reference> found, List<Field> wrong) {
        if (node.isObject() && node.has(RESULT)) {
            String error = error(node);
            if (error == null) {
                found.add(reference(node, at));
            } else {
                wrong.add(new Field("/params" + at, error));
            }
        } else if (node.isObject()) {
            node.properties().forEach(member -> collect(member.getValue(), below(at, member.getKey()), found, wrong));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(node.get(i), at + "/" + i, found, wrong);
            }
        }
    }

    private static String below(String at, String name) {
        return at + "/" + name.replace("~", "~0").replace("/", "~1");
    }

    private static String error(JsonNode node) {
        JsonNode pointer = node.get(POINTER);
        JsonNode file = node.get(FILE);
        if (node.size() > (pointer == null && file == null ? 1 : 2)) {
            return "has other members beside " + RESULT + " and " + POINTER + " or " + FILE;
        }
        if (file != null && (!file.isTextual() || file.textValue().isEmpty())) {
            return "must hold the path of a file that the job leaves as " + FILE;
        }
        if (!node.get(RESULT).isTextual()
                || !ID.matcher(node.get(RESULT).textValue()).matches()) {
            return "must hold the id of a job as " + RESULT;
        }
        boolean valid = pointer == null || (pointer.isTextual() && isPointer(pointer.textValue()));
        return valid ? null : "must hold a JSON Pointer (RFC 6901) as " + POINTER + ", such as /a/0";
    }

    private static boolean isPointer(String text) {
        return text.isEmpty() || text.startsWith("/");
    }

    private static Reference reference(JsonNode node, String at) {
        UUID job = UUID.fromString(node.get(RESULT).textValue());
        return new Reference(
                at,
                job,
                JsonPointer.compile(node.path(POINTER).asText("")),
                node.path(FILE).textValue());
    }

    private static JsonNode resolved(JsonNode node, String at, Values values) throws Unresolved {
        if (node.isObject() && node.has(RESULT)) {
            return error(node) == null ? value(reference(node, at), values) : node;
        }
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : List.copyOf(object.properties())) {
                object.set(member.getKey(), resolved(member.getValue(), below(at, member.getKey()), values));
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                array.set(i, resolved(array.get(i), at + "/" + i, values));
            }
        }
        return node;
    }

    private static JsonNode value(Reference reference, Values values) throws Unresolved {
        if (reference.file() != null) {
            return file(reference, values.files().get(reference.left()));
        }
        String value = values.results().get(reference.part());
        if (value == null) {
            throw new Unresolved("params%s stands for %s of job %s, and there is nothing at that place."
                    .formatted(
                            shown(reference.at()),
                            reference.pointer().matches()
                                    ? "the result"
                                    : shown(reference.pointer().toString()) + " of the result",
                            reference.job()));
        }
        return parse(value);
    }

    /** Shortens a client's path for an error message. */
    private static String shown(String path) {
        return path.length() > LONGEST_SHOWN ? path.substring(0, LONGEST_SHOWN) + "..." : path;
    }

    private static JsonNode file(Reference reference, UUID id) throws Unresolved {
        if (id == null) {
            throw new Unresolved(
                    "params" + shown(reference.at()) + " stands for the file " + shown(reference.file()) + " of job "
                            + reference.job() + ", which has none of that name: it did not leave it, or was removed.");
        }
        return TextNode.valueOf(id.toString());
    }
}
