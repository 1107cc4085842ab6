package io.longhaul.tools.spi;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Objects;

/**
 * The description of a tool for clients.
 *
 * @param name 1 to 100 characters: letters, digits, dot, underscore, hyphen; starts with a letter or digit
 * @param description one or two sentences for people and models
 * @param paramsSchema JSON Schema (2020-12) that the params must match; {@code {}} accepts anything
 */
public record ToolDescription(String name, String description, JsonNode paramsSchema) {
    /** Rejects missing parts. */
    public ToolDescription {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(description, "description");
        Objects.requireNonNull(paramsSchema, "paramsSchema");
    }
}
