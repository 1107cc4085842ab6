package io.longhaul.server;

import io.longhaul.auth.OidcConfiguration;
import io.longhaul.auth.signin.ProviderSignIn;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.console.Paths;
import java.time.Clock;

/** Sign-in at the OpenID provider. */
final class SignInModule {
    private SignInModule() {}

    /**
     * The way to the provider, or null if nobody signs in there.
     *
     * @throws IllegalArgumentException if a setting for it is missing
     */
    static ProviderSignIn provider(ServiceConfiguration configuration) {
        OidcConfiguration oidc = configuration.auth().oidc();
        if (!oidc.signIn().isOn()) {
            return null;
        }
        if (configuration.publicUrl().isBlank()) {
            throw new IllegalArgumentException("auth.oidc.signIn.clientId is set and publicUrl is not, so the provider"
                    + " could not send people back: set publicUrl (LONGHAUL_PUBLIC_URL) to the address at which"
                    + " browsers reach this server, and give the provider that address and " + Paths.PROVIDER
                    + "/back as the redirect URI");
        }
        String base = configuration.publicUrl().replaceAll("/+$", "");
        return new ProviderSignIn(
                oidc,
                new ProviderSignIn.Addresses(base + Paths.PROVIDER + "/back", base + Paths.SIGN_IN, Paths.ROOT),
                Clock.systemUTC());
    }
}
