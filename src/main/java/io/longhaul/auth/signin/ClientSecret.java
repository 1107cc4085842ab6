package io.longhaul.auth.signin;

import io.longhaul.auth.SignInConfiguration;
import io.longhaul.tools.settings.ToolConfigurationException;

/** The secret that the provider gave for this server. */
final class ClientSecret {
    /** Sessions are signed with a key made from it, and a shorter one could be guessed from a session. */
    private static final int SHORTEST = 16;

    private ClientSecret() {}

    static String read(SignInConfiguration signIn) {
        String secret;
        try {
            secret = signIn.clientSecret().value().orElse("");
        } catch (ToolConfigurationException e) {
            throw new IllegalArgumentException("auth.oidc.signIn.clientSecret: " + String.join("; ", e.problems()), e);
        }
        if (secret.length() < SHORTEST) {
            throw new IllegalArgumentException("auth.oidc.signIn.clientSecret (" + signIn.clientSecret() + ") has "
                    + secret.length() + " characters: have the provider make a random one of at least " + SHORTEST
                    + ", and provide it there");
        }
        return secret;
    }
}
