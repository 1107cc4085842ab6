package io.longhaul.tools.secrets;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longhaul.tools.settings.Checks;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Credentials that requests carry, in one of four forms.
 *
 * @param bearer token for {@code Authorization: Bearer}
 * @param user name for {@code Authorization: Basic}, with {@code password}
 * @param header name of a header of the server's own, with {@code value}
 * @param query name of a query parameter, with {@code value}
 */
public record RequestCredentials(
        @JsonProperty("bearer") Secret bearer,
        @JsonProperty("user") String user,
        @JsonProperty("password") Secret password,
        @JsonProperty("header") String header,
        @JsonProperty("query") String query,
        @JsonProperty("value") Secret value) {
    public static final RequestCredentials NONE = new RequestCredentials(null, null, null, null, null, null);

    /** A header or query parameter to add to a request. */
    public record Named(String name, String value) {
        /** Shows the name only. */
        @Override
        public String toString() {
            return name;
        }
    }

    /** Accepts one form only. */
    public RequestCredentials {
        check(bearer, user, password, header, query, value);
        if (header != null) {
            Checks.header("auth.header", header);
        }
    }

    private static void check(Secret bearer, String user, Secret password, String header, String query, Secret value) {
        long ways =
                Stream.of(bearer, user, header, query).filter(Objects::nonNull).count();
        boolean fits = ways <= 1
                && (user == null) == (password == null)
                && (header == null && query == null) == (value == null);
        if (!fits) {
            throw new ToolConfigurationException(
                    "auth is one of {bearer: SECRET}, {user: NAME, password: SECRET}, {header: NAME, value: SECRET} and"
                            + " {query: NAME, value: SECRET}, where SECRET is {env: NAME} or {file: path}");
        }
    }

    /** The header to send; empty without one, or if its secret is optional and missing. */
    public Optional<Named> sentHeader() {
        if (bearer != null) {
            return bearer.value().map(token -> new Named("Authorization", "Bearer " + token));
        }
        if (user != null) {
            return password.value().map(secret -> new Named("Authorization", "Basic " + basic(secret)));
        }
        return header == null ? Optional.empty() : value.value().map(secret -> new Named(header, secret));
    }

    /** The query parameter to send; empty without one, or if its secret is optional and missing. */
    public Optional<Named> sentQuery() {
        return query == null ? Optional.empty() : value.value().map(secret -> new Named(query, secret));
    }

    private String basic(String secret) {
        return Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads all secrets once, so that a missing one is reported early.
     *
     * @throws ToolConfigurationException if a secret is missing, or cannot be in a header
     */
    public void check() {
        secrets().forEach(Secret::value);
        sentHeader().ifPresent(sent -> Checks.header("auth: header", sent.name(), sent.value()));
    }

    public List<Secret> secrets() {
        return Stream.of(bearer, password, value).filter(Objects::nonNull).toList();
    }

    /**
     * All texts that must not be shown, as they are now.
     *
     * @throws ToolConfigurationException if a secret is missing
     */
    public List<String> hidden() {
        return Stream.concat(derived().stream(), secrets().stream().flatMap(secret -> secret.value().stream()))
                .toList();
    }

    /** Texts that are as good as the secrets. */
    public List<String> derived() {
        return user == null
                ? List.of()
                : password.value().map(this::basic).map(List::of).orElse(List.of());
    }
}
