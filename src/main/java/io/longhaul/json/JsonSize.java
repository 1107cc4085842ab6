package io.longhaul.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/** Counts the names and values of JSON before it becomes a tree, in which each takes up to eighty bytes. */
public final class JsonSize {
    /**
     * Far above what requests hold that bring no params or results. The trees of as many requests as are served at once
     * fit into a small heap with it.
     */
    public static final int FEW = 100_000;

    private JsonSize() {}

    /** A bound that needs no parser: each name and value but the first stands behind one of these characters. */
    public static long atMost(String json) {
        long values = 1;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (c == ',' || c == '[' || c == '{' || c == ':') {
                values++;
            }
        }
        return values;
    }

    /** The names and values in what a parser stands at; it then stands at the end of it. */
    public static int of(JsonParser parser) throws IOException {
        int values = 1;
        int depth = parser.currentToken().isStructStart() ? 1 : 0;
        while (depth > 0) {
            JsonToken token = parser.nextToken();
            depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            values += token.isStructEnd() ? 0 : 1;
        }
        return values;
    }
}
