package io.longhaul.auth;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Access to the API.
 *
 * @param mode how clients identify themselves
 * @param allowedHosts further names of a server on loopback, besides its own and that of publicUrl
 * @param allowedOrigins web sites whose pages may change something, such as {@code https://jobs.example.org}
 * @param requestsPerSecond requests that a principal may send to a node on average; 0 for any number
 * @param sharedVisibility true if readers see the jobs of all principals, instead of their own
 * @param corsOrigins web sites whose pages may use the API with the keys they hold
 * @param oidc the provider whose tokens are accepted besides keys
 * @param guests true if senders without a key or token may look
 */
public record AccessConfiguration(
        Mode mode,
        List<String> allowedHosts,
        List<String> allowedOrigins,
        int requestsPerSecond,
        boolean sharedVisibility,
        List<String> corsOrigins,
        OidcConfiguration oidc,
        boolean guests) {
    /** Every principal sees only its own jobs, and no tokens are accepted. */
    public AccessConfiguration(
            Mode mode, List<String> allowedHosts, List<String> allowedOrigins, int requestsPerSecond) {
        this(mode, allowedHosts, allowedOrigins, requestsPerSecond, false, List.of(), OidcConfiguration.NONE);
    }

    /** Senders without a key or token see nothing. */
    public AccessConfiguration(
            Mode mode,
            List<String> allowedHosts,
            List<String> allowedOrigins,
            int requestsPerSecond,
            boolean sharedVisibility,
            List<String> corsOrigins,
            OidcConfiguration oidc) {
        this(mode, allowedHosts, allowedOrigins, requestsPerSecond, sharedVisibility, corsOrigins, oidc, false);
    }

    /** Ways in which clients identify themselves. */
    public enum Mode {
        /** They do not: the server listens on loopback only. */
        NONE,
        /** By a key of {@code key create}, or a token of the configured provider. */
        KEYS
    }

    private static final Pattern ORIGIN = Pattern.compile("https?://([a-z0-9.-]+|\\[[0-9a-f:]+])(:[0-9]{1,5})?");

    /** Used when nothing is configured. */
    public static final AccessConfiguration DEFAULT = new AccessConfiguration(Mode.NONE, List.of(), List.of(), 0);

    public AccessConfiguration {
        allowedHosts = List.copyOf(allowedHosts);
        allowedOrigins = List.copyOf(allowedOrigins);
        corsOrigins = corsOrigins.stream().map(AccessConfiguration::origin).toList();
        if (requestsPerSecond < 0) {
            throw new IllegalArgumentException("auth.requestsPerSecond is " + requestsPerSecond
                    + ": write how many requests a second a principal may send, or 0 for any number");
        }
        if (oidc.isOn() && mode == Mode.NONE) {
            throw new IllegalArgumentException("auth.oidc.issuer is set and auth.mode is none, so nobody would be asked"
                    + " for a token: set auth.mode to keys (LONGHAUL_AUTH=keys), or leave the issuer out");
        }
        if (guests && mode == Mode.NONE) {
            throw new IllegalArgumentException(
                    "auth.guests is true and auth.mode is none, so everyone may do everything"
                            + " already: set auth.mode to keys (LONGHAUL_AUTH=keys), or leave auth.guests out");
        }
        if (guests && !sharedVisibility) {
            throw new IllegalArgumentException("auth.guests is true and auth.sharedVisibility is false, so guests would"
                    + " see no job: set auth.sharedVisibility to true (LONGHAUL_AUTH_SHARED=true), which shows all jobs"
                    + " to everyone who may read, or leave auth.guests out");
        }
    }

    @JsonCreator
    static AccessConfiguration of(
            @JsonProperty("mode") String mode,
            @JsonProperty("allowedHosts") List<String> allowedHosts,
            @JsonProperty("allowedOrigins") List<String> allowedOrigins,
            @JsonProperty("requestsPerSecond") Integer requestsPerSecond,
            @JsonProperty("sharedVisibility") Boolean sharedVisibility,
            @JsonProperty("corsOrigins") List<String> corsOrigins,
            @JsonProperty("oidc") OidcConfiguration oidc,
            @JsonProperty("guests") Boolean guests) {
        return new AccessConfiguration(
                mode == null ? Mode.NONE : mode(mode),
                allowedHosts == null ? List.of() : allowedHosts,
                allowedOrigins == null ? List.of() : allowedOrigins,
                requestsPerSecond == null ? 0 : requestsPerSecond,
                sharedVisibility != null && sharedVisibility,
                corsOrigins == null ? List.of() : corsOrigins,
                oidc == null ? OidcConfiguration.NONE : oidc,
                guests != null && guests);
    }

    /** True if everyone who may read sees the jobs and files of all principals. */
    public boolean showsAll() {
        return mode == Mode.NONE || sharedVisibility;
    }

    /** The origin in the form in which browsers send it. */
    private static String origin(String text) {
        String origin = String.valueOf(text).toLowerCase(Locale.ROOT);
        if (!ORIGIN.matcher(origin).matches()) {
            throw new IllegalArgumentException("auth.corsOrigins has '" + text
                    + "': write whole origins such as https://jobs.example.org or http://localhost:3000,"
                    + " without path, slash at the end or *");
        }
        return origin;
    }

    private static Mode mode(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "none" -> Mode.NONE;
            case "keys" -> Mode.KEYS;
            default -> throw new IllegalArgumentException("auth.mode is '" + text + "': write none or keys");
        };
    }
}
