package io.longhaul.jobs.chains;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import io.longhaul.jobs.intake.References;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds parts of a result in one pass over its text. It keeps only the offsets of the parts, however large the result
 * is, and however many parts lie in one another.
 */
final class ResultParts {
    private final Map<JsonPointer, Part> found = new HashMap<>();

    private ResultParts() {}

    /** A part of the result's text. */
    record Part(int begin, int end) {
        int length() {
            return end - begin;
        }

        String of(String json) {
            return json.substring(begin, end);
        }
    }

    /** A pointer, and what is left of it below the current place. */
    private record Wanted(JsonPointer pointer, JsonPointer rest) {
        boolean isHere() {
            return rest.matches();
        }

        String name() {
            return rest.getMatchingProperty();
        }

        Wanted below() {
            return new Wanted(pointer, rest.tail());
        }
    }

    /** Where each part is that exists. */
    static Map<JsonPointer, Part> of(String json, Collection<JsonPointer> pointers) {
        ResultParts parts = new ResultParts();
        try (JsonParser parser = References.parser(json)) {
            parser.nextToken();
            parts.read(
                    parser,
                    pointers.stream()
                            .map(pointer -> new Wanted(pointer, pointer))
                            .toList());
        } catch (IOException e) {
            throw new IllegalStateException("Results are JSON", e);
        }
        return parts.found;
    }

    /** Reads the current value of the parser to its end. */
    private void read(JsonParser parser, List<Wanted> wanted) throws IOException {
        int begin = (int) parser.currentTokenLocation().getCharOffset();
        Map<String, List<Wanted>> below = wanted.stream()
                .filter(one -> !one.isHere())
                .collect(Collectors.groupingBy(Wanted::name, Collectors.mapping(Wanted::below, Collectors.toList())));
        if (below.isEmpty() || !parser.currentToken().isStructStart()) {
            parser.skipChildren();
        } else if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                List<Wanted> ofMember = below.get(parser.currentName());
                parser.nextToken();
                readOrSkip(parser, ofMember);
            }
        } else {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                readOrSkip(parser, below.get(Integer.toString(i)));
            }
        }
        if (wanted.stream().anyMatch(Wanted::isHere)) {
            parser.finishToken();
            Part part = new Part(begin, (int) parser.currentLocation().getCharOffset());
            wanted.stream().filter(Wanted::isHere).forEach(one -> found.put(one.pointer(), part));
        }
    }

    private void readOrSkip(JsonParser parser, List<Wanted> wanted) throws IOException {
        if (wanted == null) {
            parser.skipChildren();
        } else {
            read(parser, wanted);
        }
    }
}
