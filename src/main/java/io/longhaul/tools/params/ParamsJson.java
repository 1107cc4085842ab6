package io.longhaul.tools.params;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Reads params into trees that keep every digit of every number. */
public final class ParamsJson {
    private static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    private ParamsJson() {}

    /** Reads one JSON value that PostgreSQL gave out as jsonb. */
    public static JsonNode parse(String json) {
        try (JsonParser parser = Storable.parser(json)) {
            return MAPPER.readTree(parser);
        } catch (IOException e) {
            throw new UncheckedIOException("Not JSON", e);
        }
    }
}
