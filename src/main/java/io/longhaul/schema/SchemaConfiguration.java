package io.longhaul.schema;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * The {@code schema:} block.
 *
 * @param startup what a server does that starts on a schema it cannot work with
 */
public record SchemaConfiguration(Startup startup) {
    /** What holds when nothing is configured. */
    public static final SchemaConfiguration DEFAULT = new SchemaConfiguration(Startup.WAIT);

    /** Ways to start. */
    public enum Startup {
        /** It starts, says that it is not ready, and becomes ready once the schema is. */
        WAIT,
        /** It refuses to start. */
        REQUIRE
    }

    /** Fills in what the configuration leaves out. */
    @JsonCreator
    public SchemaConfiguration(@JsonProperty("startup") Startup startup) {
        this.startup = startup == null ? Startup.WAIT : startup;
    }
}
