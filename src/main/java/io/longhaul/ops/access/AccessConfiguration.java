package io.longhaul.ops.access;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;

/**
 * Who may use the API.
 *
 * @param mode how they say who they are
 * @param allowedHosts names by which a server on loopback may be called besides its own and that of publicUrl
 * @param allowedOrigins web sites whose pages may change something, such as {@code https://jobs.example.org}
 * @param requestsPerSecond how many requests a principal may send to a node in the long run; 0 for any number
 */
public record AccessConfiguration(
        Mode mode, List<String> allowedHosts, List<String> allowedOrigins, int requestsPerSecond) {
    /** How clients say who they are. */
    public enum Mode {
        /** Not at all: the server listens on loopback only. */
        NONE,
        /** By a key of {@code key create}. */
        KEYS
    }

    /** What holds when nothing is configured. */
    public static final AccessConfiguration DEFAULT = new AccessConfiguration(Mode.NONE, List.of(), List.of(), 0);

    /** Checks the range. */
    public AccessConfiguration {
        allowedHosts = List.copyOf(allowedHosts);
        allowedOrigins = List.copyOf(allowedOrigins);
        if (requestsPerSecond < 0) {
            throw new IllegalArgumentException("auth.requestsPerSecond is " + requestsPerSecond
                    + ": write how many requests a second a principal may send, or 0 for any number");
        }
    }

    @JsonCreator
    static AccessConfiguration of(
            @JsonProperty("mode") String mode,
            @JsonProperty("allowedHosts") List<String> allowedHosts,
            @JsonProperty("allowedOrigins") List<String> allowedOrigins,
            @JsonProperty("requestsPerSecond") Integer requestsPerSecond) {
        return new AccessConfiguration(
                mode == null ? Mode.NONE : mode(mode),
                allowedHosts == null ? List.of() : allowedHosts,
                allowedOrigins == null ? List.of() : allowedOrigins,
                requestsPerSecond == null ? 0 : requestsPerSecond);
    }

    private static Mode mode(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "none" -> Mode.NONE;
            case "keys" -> Mode.KEYS;
            default -> throw new IllegalArgumentException("auth.mode is '" + text + "': write none or keys");
        };
    }
}
