package io.longhaul.tools.secrets;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.longhaul.environment.Variables;
import io.longhaul.logging.SecretsFilter;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** A text that must not be shown. Read at each use, so its file may change while the server runs. */
public final class Secret {
    /** Striking a shorter secret out of results would damage them. */
    private static final int SHORTEST = 4;

    private final String env;
    private final String file;
    private final boolean optional;

    /**
     * Names an environment variable or a file.
     *
     * @param file path of a file; line breaks at its end are dropped
     * @param optional whether it may be missing
     * @throws ToolConfigurationException if neither or both are named
     */
    @JsonCreator
    public Secret(
            @JsonProperty("env") String env,
            @JsonProperty("file") String file,
            @JsonProperty("optional") boolean optional) {
        this.env = env;
        this.file = file;
        this.optional = optional;
        if ((env == null) == (file == null)) {
            throw noPlace();
        }
    }

    /** Refuses a secret that is written in the configuration, without repeating it. */
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    private Secret(String ignored) {
        throw noPlace();
    }

    private static ToolConfigurationException noPlace() {
        return new ToolConfigurationException(
                "a secret is not written down here: write {env: NAME} for an environment variable, or {file: path}");
    }

    /**
     * Reads the secret.
     *
     * @return empty if it is optional and missing
     * @throws ToolConfigurationException if it is missing or too short
     */
    public Optional<String> value() {
        String value = env == null ? fromFile() : fromVariable();
        if (value == null || value.isEmpty()) {
            if (optional) {
                return Optional.empty();
            }
            throw new ToolConfigurationException(
                    "the secret in " + this + " is missing: provide it, or say optional: true");
        }
        if (value.length() < SHORTEST) {
            throw new ToolConfigurationException(
                    "the secret in %s is shorter than %d characters: use a longer one".formatted(this, SHORTEST));
        }
        // Before anybody can log it: libraries log what they are given.
        if (env == null) {
            SecretsFilter.hideRotating(value);
        } else {
            SecretsFilter.hide(value);
        }
        return Optional.of(value);
    }

    /** The same for those who read it once and use it as long as the server runs. */
    public Optional<String> lastingValue() {
        Optional<String> value = value();
        value.ifPresent(SecretsFilter::hide);
        return value;
    }

    private String fromVariable() {
        try {
            return Variables.ofThisProcess().get(env);
        } catch (Variables.NoTextException e) {
            throw new ToolConfigurationException("the secret: " + e.getMessage(), e);
        }
    }

    private String fromFile() {
        try {
            return Files.readString(Path.of(file)).stripTrailing();
        } catch (IOException e) {
            return null;
        }
    }

    /** Names the place and not the secret. */
    @Override
    public String toString() {
        return env == null ? "file " + file : "environment variable " + env;
    }
}
