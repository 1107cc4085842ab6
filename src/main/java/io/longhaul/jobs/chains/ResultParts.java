package io.longhaul.jobs.chains;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonToken;
import io.longhaul.jobs.intake.References;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds parts of a result in one pass over its text. It keeps only the offsets of the parts, however large the result
 * is.
 */
final class ResultParts {
    private final String json;
    private final Map<JsonPointer, String> found = new HashMap<>();

    private ResultParts(String json) {
        this.json = json;
    }

    /** The pointers to a place in the result, and to places below it. */
    private static final class Wanted {
        private final List<JsonPointer> here = new ArrayList<>();
        private final Map<String, Wanted> below = new HashMap<>();
    }

    /** The JSON text of each part that exists. */
    static Map<JsonPointer, String> of(String json, Collection<JsonPointer> pointers) {
        Wanted root = new Wanted();
        pointers.forEach(pointer -> want(root, pointer));
        ResultParts parts = new ResultParts(json);
        try (JsonParser parser = References.parser(json)) {
            parser.nextToken();
            parts.read(parser, root);
        } catch (IOException e) {
            throw new IllegalStateException("Results are JSON", e);
        }
        return parts.found;
    }

    private static void want(Wanted root, JsonPointer pointer) {
        Wanted place = root;
        for (JsonPointer rest = pointer; !rest.matches(); rest = rest.tail()) {
            place = place.below.computeIfAbsent(rest.getMatchingProperty(), name -> new Wanted());
        }
        place.here.add(pointer);
    }

    /** Reads the current value of the parser to its end. */
    private void read(JsonParser parser, Wanted wanted) throws IOException {
        int begin = (int) parser.currentTokenLocation().getCharOffset();
        if (wanted.below.isEmpty() || !parser.currentToken().isStructStart()) {
            parser.skipChildren();
        } else if (parser.currentToken() == JsonToken.START_OBJECT) {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                Wanted below = wanted.below.get(parser.currentName());
                parser.nextToken();
                readOrSkip(parser, below);
            }
        } else {
            for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
                readOrSkip(parser, wanted.below.get(Integer.toString(i)));
            }
        }
        if (!wanted.here.isEmpty()) {
            parser.finishToken();
            String value = json.substring(begin, (int) parser.currentLocation().getCharOffset());
            wanted.here.forEach(pointer -> found.put(pointer, value));
        }
    }

    private void readOrSkip(JsonParser parser, Wanted wanted) throws IOException {
        if (wanted == null) {
            parser.skipChildren();
        } else {
            read(parser, wanted);
        }
    }
}
