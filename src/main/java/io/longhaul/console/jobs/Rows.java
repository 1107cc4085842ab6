package io.longhaul.console.jobs;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.longhaul.tools.params.StrictJson;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a list of objects from JSON row by row. Numbers stay as they are written, and a value that is an object or a list
 * stays JSON. The end of the text may be missing.
 */
final class Rows implements Closeable {
    private static final JsonFactory JSON = StrictJson.builder().build().getFactory();

    private final String json;
    private final JsonParser parser;

    private Rows(String json, JsonParser parser) {
        this.json = json;
        this.parser = parser;
    }

    /**
     * A value of a row.
     *
     * @param text as people read it
     * @param isText whether it is text in JSON, too
     * @param isNested whether it is an object or a list
     */
    record Cell(String text, boolean isText, boolean isNested) {}

    /** The rows of a text; nothing if it does not begin with a list. */
    static Optional<Rows> of(String json) {
        try {
            JsonParser parser = JSON.createParser(json);
            if (parser.nextToken() == JsonToken.START_ARRAY) {
                return Optional.of(new Rows(json, parser));
            }
            parser.close();
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The next row, by names of columns; nothing at the end, or where the text breaks off. */
    Optional<Map<String, Cell>> next() throws NotRowsException {
        try {
            JsonToken begin = parser.nextToken();
            if (begin == null || begin == JsonToken.END_ARRAY) {
                return Optional.empty();
            }
            if (begin != JsonToken.START_OBJECT) {
                throw new NotRowsException();
            }
            Map<String, Cell> row = new LinkedHashMap<>();
            for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
                row.put(name, cell());
            }
            return Optional.of(row);
        } catch (JsonProcessingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Cell cell() throws IOException {
        return switch (parser.nextToken()) {
            case VALUE_NULL -> new Cell("", false, false);
            case VALUE_STRING -> new Cell(parser.getText(), true, false);
            case START_OBJECT, START_ARRAY -> {
                int begin = (int) parser.currentTokenLocation().getCharOffset();
                parser.skipChildren();
                yield new Cell(
                        json.substring(begin, (int) parser.currentLocation().getCharOffset()), false, true);
            }
            default -> new Cell(parser.getText(), false, false);
        };
    }

    @Override
    public void close() throws IOException {
        parser.close();
    }

    /** The list holds something other than objects. */
    static final class NotRowsException extends Exception {
        private static final long serialVersionUID = 1L;
    }
}
