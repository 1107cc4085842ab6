package io.longhaul.auth;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.longhaul.tools.secrets.Secret;
import java.util.List;
import java.util.regex.Pattern;

/**
 * People sign in to the console at the provider, which knows this server as one of its clients.
 *
 * @param clientId this server's id there; empty for no such sign-in
 * @param clientSecret where its secret is kept, or null
 * @param scopes what the provider is asked for; {@code openid} is always among it
 * @param name of the provider, for the button; empty for its host
 */
public record SignInConfiguration(String clientId, Secret clientSecret, List<String> scopes, String name) {
    private static final String BLOCK = "auth.oidc.signIn";
    private static final Pattern SCOPE = Pattern.compile("[\\x21\\x23-\\x5b\\x5d-\\x7e]+");

    /** Nobody signs in at a provider. */
    public static final SignInConfiguration NONE = new SignInConfiguration("", null, List.of("openid"), "");

    public SignInConfiguration {
        scopes = List.copyOf(scopes);
        if (!clientId.isEmpty() && clientSecret == null) {
            throw new IllegalArgumentException(BLOCK + ".clientId is set and " + BLOCK + ".clientSecret is not: write"
                    + " {env: NAME} or {file: path} for the secret that the provider gave for this client, or leave"
                    + " clientId out");
        }
        for (String scope : scopes) {
            if (!SCOPE.matcher(scope).matches()) {
                throw new IllegalArgumentException(
                        BLOCK + ".scopes has '" + scope + "': write a list of words, such as [openid, profile]");
            }
        }
        if (!scopes.contains("openid")) {
            throw new IllegalArgumentException(
                    BLOCK + ".scopes lacks openid: the provider sends no ID token without it");
        }
    }

    @JsonCreator
    static SignInConfiguration of(
            @JsonProperty("clientId") String clientId,
            @JsonProperty("clientSecret") Secret clientSecret,
            @JsonProperty("scopes") List<String> scopes,
            @JsonProperty("name") String name) {
        return new SignInConfiguration(
                clientId == null ? "" : clientId.strip(),
                clientSecret,
                scopes == null ? NONE.scopes : scopes,
                name == null ? "" : name.strip());
    }

    /** True if people can sign in at the provider. */
    public boolean isOn() {
        return !clientId.isEmpty();
    }
}
