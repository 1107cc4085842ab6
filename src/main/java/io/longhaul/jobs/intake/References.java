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
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.longhaul.jobs.intake.SubmissionRejected.Field;
import io.longhaul.jobs.intake.SubmissionRejected.Reason;
import io.longhaul.json.TreeMemory;
import io.longhaul.json.WalkedPointer;
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
    static final String RESULT = "$result";
    private static final String POINTER = "pointer";
    private static final String FILE = "file";
    private static final int LONGEST_SHOWN = 200;

    /** No result is nested deeper. Each name of a pointer takes a hundred bytes of memory. */
    private static final int DEEPEST = 1_000;

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
     * @param job the predecessor
     * @param pointer the part of its result
     * @param file path of the file that it left, or null for its result
     */
    private record Reference(UUID job, JsonPointer pointer, String file) {
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

    /**
     * Shows where references stand in params: true in the place of each, below the names of the objects and the indexes of
     * the lists that hold it.
     *
     * @return objects in objects; missing if there is no reference
     */
    public static JsonNode places(JsonNode params) {
        if (isReference(params)) {
            return error(params) == null ? BooleanNode.TRUE : MissingNode.getInstance();
        }
        ObjectNode places = JSON.createObjectNode();
        params.properties().forEach(member -> place(places, member.getKey(), member.getValue()));
        for (int i = 0; params.isArray() && i < params.size(); i++) {
            if (params.get(i).isContainerNode()) {
                place(places, Integer.toString(i), params.get(i));
            }
        }
        return places.isEmpty() ? MissingNode.getInstance() : places;
    }

    private static void place(ObjectNode places, String name, JsonNode value) {
        JsonNode below = value.isContainerNode() ? places(value) : MissingNode.getInstance();
        if (!below.isMissingNode()) {
            places.set(name, below);
        }
    }

    /** Rejects references to jobs that are not predecessors, and malformed references. */
    static void check(Submission submission) throws SubmissionRejected {
        if (!submission.params().contains("\"" + RESULT + "\"")) {
            return;
        }
        String params = submission.params();
        List<UUID> after = submission.extras().after();
        List<Field> wrong = TreeMemory.OF_HEAP.with(params, () -> WrongReferences.in(parse(params), after));
        if (!wrong.isEmpty()) {
            String first = wrong.get(0).pointer() + " " + wrong.get(0).message();
            throw new SubmissionRejected(Reason.INVALID_PARAMS, "The params name a result: " + first + ".", wrong);
        }
    }

    /** Puts the values into the params. */
    public static String resolve(String params, Values values) throws Unresolved {
        try {
            return JSON.writeValueAsString(resolved(parse(params), new WalkedPointer(), values));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A tree can always be written", e);
        }
    }

    /** The parts of results that references name, once for each reference. */
    public static List<Part> parts(String params) {
        return in(params).stream()
                .filter(reference -> reference.file() == null)
                .map(Reference::part)
                .toList();
    }

    /** The files that references name, each once. */
    static List<LeftFile> files(String params) {
        return in(params).stream()
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

    private static List<Reference> in(String params) {
        List<Reference> found = new ArrayList<>();
        collect(parse(params), found);
        return found;
    }

    private static void collect(JsonNode node, List<Reference> found) {
        if (!isReference(node)) {
            node.forEach(below -> collect(below, found));
        } else if (error(node) == null) {
            found.add(reference(node));
        }
    }

    static boolean isReference(JsonNode node) {
        return node.has(RESULT);
    }

    /** The job that a well-formed reference names. */
    static UUID job(JsonNode reference) {
        return UUID.fromString(reference.get(RESULT).textValue());
    }

    /** What is wrong with a reference; null if it is well-formed. */
    static String error(JsonNode node) {
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
        return valid
                ? null
                : "must hold a JSON Pointer (RFC 6901) as " + POINTER + ", such as /a/0, with at most " + DEEPEST
                        + " names";
    }

    private static boolean isPointer(String text) {
        return text.isEmpty()
                || (text.startsWith("/") && text.chars().filter(c -> c == '/').count() <= DEEPEST);
    }

    private static Reference reference(JsonNode node) {
        return new Reference(
                job(node),
                JsonPointer.compile(node.path(POINTER).asText("")),
                node.path(FILE).textValue());
    }

    private static JsonNode resolved(JsonNode node, WalkedPointer at, Values values) throws Unresolved {
        if (isReference(node)) {
            return error(node) == null ? value(reference(node), at, values) : node;
        }
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> member : List.copyOf(object.properties())) {
                int from = at.down(member.getKey());
                object.set(member.getKey(), resolved(member.getValue(), at, values));
                at.back(from);
            }
        } else if (node instanceof ArrayNode array) {
            for (int i = 0; i < array.size(); i++) {
                int from = at.down(i);
                array.set(i, resolved(array.get(i), at, values));
                at.back(from);
            }
        }
        return node;
    }

    private static JsonNode value(Reference reference, WalkedPointer at, Values values) throws Unresolved {
        if (reference.file() != null) {
            return file(reference, at, values.files().get(reference.left()));
        }
        String value = values.results().get(reference.part());
        if (value == null) {
            throw new Unresolved("params%s stands for %s of job %s, and there is nothing at that place."
                    .formatted(
                            shown(at.toString()),
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

    private static JsonNode file(Reference reference, WalkedPointer at, UUID id) throws Unresolved {
        if (id == null) {
            throw new Unresolved(
                    "params" + shown(at.toString()) + " stands for the file " + shown(reference.file()) + " of job "
                            + reference.job() + ", which has none of that name: it did not leave it, or was removed.");
        }
        return TextNode.valueOf(id.toString());
    }
}
