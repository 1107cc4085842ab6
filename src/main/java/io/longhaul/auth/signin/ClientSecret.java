package io.longhaul.auth.signin;

import io.longhaul.auth.SignInConfiguration;
import io.longhaul.tools.secrets.Secret;
import io.longhaul.tools.settings.ToolConfigurationException;

/** The secret that the provider gave for this server. */
final class ClientSecret {
    /** Sessions are signed with a key made from it, and a shorter one could be guessed from a session. */
    private static final int SHORTEST = 16;

    private ClientSecret() {}

    static String read(SignInConfiguration signIn) {
        String secret = read(signIn.clientSecret());
        if (secret.isEmpty()) {
            throw new IllegalArgumentException("auth.oidc.signIn.clientSecret (" + signIn.clientSecret()
                    + ") is missing: provide there the secret that the provider gave for this client, or leave clientId"
                    + " out");
        }
        if (secret.length() < SHORTEST) {
            throw new IllegalArgumentException("auth.oidc.signIn.clientSecret (" + signIn.clientSecret() + ") has "
                    + secret.length() + " characters: have the provider make a random one of at least " + SHORTEST
                    + ", and provide it there");
        }
        return secret;
    }

    /** Empty if it is missing or of no use: what is said of tools' secrets does not hold for this one. */
    private static String read(Secret place) {
        try {
            return place.lastingValue().orElse("");
        } catch (ToolConfigurationException e) {
            return "";
        }
    }
}
