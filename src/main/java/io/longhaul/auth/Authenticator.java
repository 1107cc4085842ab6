package io.longhaul.auth;

import io.longhaul.environment.Program;

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
     * The sender of a request.
     *
     * @param principal who it is
     * @param credential what proves it
     */
    public record Sender(Principal principal, Credential credential) {}

    /**
     * The sender with a key or token.
     *
     * @throws RefusedCredentialException if it is not valid here
     * @throws ProviderUnavailableException if that cannot be decided at the moment
     */
    public Sender sender(String sent) {
        if (tokens != null && !sent.startsWith(ApiKey.PREFIX)) {
            OidcTokens.Verified token = tokens.verified(sent);
            return new Sender(token.principal(), new Credential(null, token.until()));
        }
        return keys.principal(sent)
                .map(owner -> new Sender(
                        owner, new Credential(ApiKey.parse(sent).orElseThrow().id(), null)))
                .orElseThrow(
                        () -> new RefusedCredentialException("The key is not one of this server, has expired or was"
                                + " revoked. " + Program.commandOfServer("key list") + ", shows those that are."));
    }
}
