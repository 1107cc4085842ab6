package io.longhaul.tools.params;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/**
 * The way in which JSON of clients is read: numbers keep all their digits, a repeated member is an error, and depth and
 * numbers are bounded.
 */
public final class StrictJson {
    /** Far deeper than real data, and far from a stack overflow. */
    public static final int DEEPEST = 500;

    /** PostgreSQL stores 131,072 digits before and 16,383 after the point; the rest is for sign, point and exponent. */
    private static final int LONGEST_NUMBER = 131_072 + 16_383 + 20;

    private StrictJson() {}

    public static JsonMapper.Builder builder() {
        return JsonMapper.builder(JsonFactory.builder()
                        .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
                        .streamReadConstraints(StreamReadConstraints.builder()
                                .maxNestingDepth(DEEPEST)
                                .maxNumberLength(LONGEST_NUMBER)
                                // The limit of the body covers these.
                                .maxStringLength(Integer.MAX_VALUE)
                                .maxNameLength(Integer.MAX_VALUE)
                                .build())
                        .build())
                .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
                .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);
    }
}
