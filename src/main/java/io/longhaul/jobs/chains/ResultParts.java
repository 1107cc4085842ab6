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
 * Finds parts of a result by one look through its text, however many are wanted and however large it is: nothing of it is
 * kept but where they begin and end.
 */
final class ResultParts {
    private final String json;
    private final Map<JsonPointer, String> found = new HashMap<>();

    private ResultParts(String json) {
        this.json = json;
    }

    /** What is wanted at a place in the result, and below it. */
    private static final class Wanted {
        private final List<JsonPointer> here = new ArrayList<>();
        private final Map<String, Wanted> below = new HashMap<>();
    }

    /**
     * The parts that pointers lead to.
     *
     * @param json the result, as PostgreSQL writes it
     * @param pointers to what is wanted
     * @return JSON texts; none for a pointer that leads nowhere
     */
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

    /** Reads the value that the parser has come to, to its end. */
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
