package io.longhaul.tools.secrets;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a request says who sends it: one of four ways.
 *
 * @param bearer token for {@code Authorization: Bearer}
 * @param user name for {@code Authorization: Basic}, with {@code password}
 * @param password goes with {@code user}
 * @param header name of a header of the server's own, with {@code value}
 * @param query name of a query parameter, with {@code value}
 * @param value goes with {@code header} or {@code query}
 */
public record RequestCredentials(
        @JsonProperty("bearer") Secret bearer,
        @JsonProperty("user") String user,
        @JsonProperty("password") Secret password,
        @JsonProperty("header") String header,
        @JsonProperty("query") String query,
        @JsonProperty("value") Secret value) {
    /** No credentials. */
    public static final RequestCredentials NONE = new RequestCredentials(null, null, null, null, null, null);

    /**
     * Something to add to a request.
     *
     * @param name of the header or query parameter
     * @param value secret
     */
    public record Named(String name, String value) {
        /** Shows the name only. */
        @Override
        public String toString() {
            return name;
        }
    }

    /** Checks that they are of one way. */
    public RequestCredentials {
        check(bearer, user, password, header, query, value);
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

    /**
     * The header to send.
     *
     * @return nothing if there is none, or its secret is optional and missing
     */
    public Optional<Named> sentHeader() {
        if (bearer != null) {
            return bearer.value().map(token -> new Named("Authorization", "Bearer " + token));
        }
        if (user != null) {
            return password.value().map(secret -> new Named("Authorization", "Basic " + basic(secret)));
        }
        return header == null ? Optional.empty() : value.value().map(secret -> new Named(header, secret));
    }

    /**
     * The query parameter to send.
     *
     * @return nothing if there is none, or its secret is optional and missing
     */
    public Optional<Named> sentQuery() {
        return query == null ? Optional.empty() : value.value().map(secret -> new Named(query, secret));
    }

    private String basic(String secret) {
        return Base64.getEncoder().encodeToString((user + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads them once, so that what is missing is said before it is needed.
     *
     * @throws ToolConfigurationException if a secret is missing
     */
    public void check() {
        secrets().forEach(Secret::value);
    }

    /**
     * What must not be seen.
     *
     * @return the secrets among them
     */
    public List<Secret> secrets() {
        return Stream.of(bearer, password, value).filter(Objects::nonNull).toList();
    }

    /**
     * What must not be seen either.
     *
     * @return texts that are as good as the secrets
     */
    public List<String> derived() {
        return user == null
                ? List.of()
                : password.value().map(this::basic).map(List::of).orElse(List.of());
    }
}
