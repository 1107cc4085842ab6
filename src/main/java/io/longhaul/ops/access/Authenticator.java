package io.longhaul.ops.access;

/** Tells whose the key or token is that a client sent. */
public final class Authenticator {
    private final ApiKeys keys;
    private final OidcTokens tokens;

    /**
     * Wires it.
     *
     * @param keys checks keys
     * @param oidc whose tokens are taken beside keys
     */
    public Authenticator(ApiKeys keys, OidcConfiguration oidc) {
        this.keys = keys;
        this.tokens = oidc.isOn() ? new OidcTokens(oidc, System::nanoTime) : null;
    }

    /**
     * Whose it is.
     *
     * @param sent a key, a token, or anything
     * @return who may what
     * @throws RefusedCredentialException if it counts for nothing here
     * @throws ProviderUnavailableException if that cannot be told at the moment
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
