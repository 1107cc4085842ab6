package io.longhaul.schema;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The {@code schema:} block.
 *
 * @param startup behaviour of a server that starts on a schema it cannot work with
 */
public record SchemaConfiguration(Startup startup) {
    /** Used when nothing is configured. */
    public static final SchemaConfiguration DEFAULT = new SchemaConfiguration(Startup.WAIT);

    /** Behaviour at start. */
    public enum Startup {
        /** Start, report that the node is not ready, and become ready as soon as the schema is right. */
        WAIT,
        /** Refuse to start. */
        REQUIRE
    }

    @JsonCreator
    public SchemaConfiguration(@JsonProperty("startup") Startup startup) {
        this.startup = startup == null ? Startup.WAIT : startup;
    }
}
