package io.longhaul.auth;

/** Finds the principal of a key or token that a client sent. */
public final class Authenticator {
    private final ApiKeys keys;
    private final OidcTokens tokens;

    /** @param oidc the provider whose tokens are accepted besides keys */
    public Authenticator(ApiKeys keys, OidcConfiguration oidc) {
        this.keys = keys;
        this.tokens = oidc.isOn() ? new OidcTokens(oidc, System::nanoTime) : null;
    }

    /**
     * The principal of a key or token.
     *
     * @throws RefusedCredentialException if it is not valid here
     * @throws ProviderUnavailableException if that cannot be decided at the moment
     */
    public Principal principal(String sent) {
        if (tokens != null && !sent.startsWith(ApiKey.PREFIX)) {
            return tokens.principal(sent);
        }
        return keys.principal(sent)
                .orElseThrow(
                        () -> new RefusedCredentialException("The key is not one of this server, has expired or was"
                                + " revoked. `java -jar app.jar key list` shows those that are."));
    }
}
