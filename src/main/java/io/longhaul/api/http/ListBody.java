package io.longhaul.api.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.json.JsonSize;
import io.longhaul.json.TreeMemory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A body with a long list. Only one element is a tree at a time: the trees of all would take up to twenty times the memory
 * of the body, and several large bodies may be read at once.
 */
public final class ListBody {
    /** The members beside the list are few. */
    private static final int MOST_MEMBERS = 1_000;

    private final String text;
    private final String list;
    private final ObjectNode members = JsonNodeFactory.instance.objectNode();
    private final List<Integer> values = new ArrayList<>();
    private int size;

    private ListBody(String text, String list) {
        this.text = text;
        this.list = list;
    }

    /** Receives the elements in their order. */
    public interface Elements {
        /** Makes something smaller of an element, without waiting for anything. */
        void take(int index, JsonNode element);

        /** An element of more names and values than are read. */
        void tooLarge(int index);
    }

    /** Looks through the text without making trees, and notes the sizes of the first elements. */
    static ListBody of(String text, String list, int most) {
        ListBody body = new ListBody(text, list);
        boolean isObject = JsonBodies.parsed(text, parser -> {
            boolean object = parser.currentToken() == JsonToken.START_OBJECT;
            if (object) {
                body.look(parser, most);
            } else {
                parser.skipChildren();
            }
            return object;
        });
        if (!isObject) {
            throw JsonBodies.noObject();
        }
        UnstorableText.refuseIn(body.members);
        return body;
    }

    /** The other members; for the list, and for other lists and objects, an empty one stands. */
    public ObjectNode members() {
        return members;
    }

    /** The number of elements; zero if there is no such list. */
    public int size() {
        return size;
    }

    /** Reads the elements that {@code most} allowed. */
    public void forEach(int mostValues, Elements elements) {
        JsonBodies.parsed(text, parser -> {
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                String name = parser.currentName();
                if (parser.nextToken() == JsonToken.START_ARRAY && name.equals(list)) {
                    readAll(parser, mostValues, elements);
                } else {
                    parser.skipChildren();
                }
            }
            return null;
        });
    }

    private void readAll(JsonParser parser, int mostValues, Elements elements) throws IOException {
        for (int i = 0; parser.nextToken() != JsonToken.END_ARRAY; i++) {
            if (i >= values.size()) {
                parser.skipChildren();
            } else if (values.get(i) > mostValues) {
                parser.skipChildren();
                elements.tooLarge(i);
            } else {
                read(parser, i, elements);
            }
        }
    }

    private void read(JsonParser parser, int index, Elements elements) throws IOException {
        TreeMemory.OF_HEAP.with(0, values.get(index), () -> {
            JsonNode element = JsonBodies.tree(parser);
            UnstorableText.refuseIn(element, list, index);
            elements.take(index, element);
            return null;
        });
    }

    private void look(JsonParser parser, int most) throws IOException {
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (members.has(name)) {
                throw JsonBodies.twice(parser.currentTokenLocation());
            }
            if (members.size() == MOST_MEMBERS) {
                throw new RefusedException(
                        ErrorCode.INVALID_REQUEST, "The body has more than " + MOST_MEMBERS + " members.");
            }
            JsonToken token = parser.nextToken();
            if (token == JsonToken.START_ARRAY) {
                members.putArray(name);
                if (name.equals(list)) {
                    lookAtElements(parser, most);
                } else {
                    parser.skipChildren();
                }
            } else if (token == JsonToken.START_OBJECT) {
                members.putObject(name);
                parser.skipChildren();
            } else {
                members.set(name, JsonBodies.tree(parser));
            }
        }
    }

    private void lookAtElements(JsonParser parser, int most) throws IOException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (size++ < most) {
                values.add(JsonSize.of(parser));
            } else {
                parser.skipChildren();
            }
        }
    }
}
