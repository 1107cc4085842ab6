package io.longhaul.auth.signin;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.auth.OidcTokens;
import io.longhaul.auth.OidcTokens.Verified;
import io.longhaul.auth.Principal;
import io.longhaul.auth.ProviderUnavailableException;
import io.longhaul.auth.RefusedCredentialException;
import io.longhaul.auth.Role;
import java.time.Instant;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;

/** Finds out who signed in, by the tokens that the provider gave. Names and roles are those of the API's tokens. */
final class IdTokens {
    private final OidcConfiguration oidc;
    private final String clientId;
    private final OidcTokens ids;
    private final OidcTokens accesses;

    IdTokens(OidcConfiguration oidc) {
        this.oidc = oidc;
        this.clientId = oidc.signIn().clientId();
        this.ids = new OidcTokens(oidc.withAudience(clientId), System::nanoTime);
        this.accesses = new OidcTokens(oidc, System::nanoTime);
    }

    /**
     * Who signed in.
     *
     * @param person name and role
     * @param end of what the provider said about them
     */
    record Known(Principal person, Instant end) {}

    /** @param given the provider's answer with tokens */
    Known known(JsonNode given, String nonce) throws SignInFailure {
        try {
            Verified id = ids.verified(given.path("id_token").asText());
            requireOurs(id.claims(), nonce);
            Known known = known(id, given.path("access_token").asText());
            if (known.person().role() == Role.NONE) {
                throw SignInFailure.refused(known.person().name() + " has no role here. An administrator gives roles at"
                        + " the provider, in the claim " + oidc.rolesClaim()
                        + " of the ID token, and in auth.oidc.roles.");
            }
            return known;
        } catch (RefusedCredentialException e) {
            throw SignInFailure.refused("The provider's ID token is not valid here: " + e.getMessage());
        } catch (ProviderUnavailableException e) {
            throw SignInFailure.unavailable(e.getMessage(), e);
        } catch (MalformedClaimException e) {
            throw SignInFailure.refused("The claims of the provider's ID token are not of the types they should have."
                    + " An administrator has to check the provider.");
        }
    }

    private void requireOurs(JwtClaims id, String nonce) throws MalformedClaimException, SignInFailure {
        if (!nonce.equals(id.getClaimValue("nonce"))) {
            throw SignInFailure.refused("The provider's ID token is of another sign-in. Sign in again.");
        }
        Object party = id.getClaimValue("azp");
        boolean alone = id.getAudience().size() == 1 && party == null;
        if (id.getSubject() == null || !(alone || clientId.equals(party))) {
            throw SignInFailure.refused(
                    "The provider's ID token was made for another client. An administrator has to check the provider.");
        }
    }

    /** Some providers put roles into access tokens only: one for the API counts, if it is of the same person. */
    private Known known(Verified id, String accessToken) throws MalformedClaimException {
        Instant end = end(id);
        if (id.principal().role() != Role.NONE || accessToken.isEmpty()) {
            return new Known(id.principal(), end);
        }
        try {
            Verified access = accesses.verified(accessToken);
            if (id.claims().getSubject().equals(access.claims().getSubject())) {
                Principal person =
                        new Principal(id.principal().name(), access.principal().role());
                return new Known(person, end(access).isBefore(end) ? end(access) : end);
            }
        } catch (RefusedCredentialException e) {
            // It is not one for the API.
        }
        return new Known(id.principal(), end);
    }

    private static Instant end(Verified token) throws MalformedClaimException {
        return Instant.ofEpochMilli(token.claims().getExpirationTime().getValueInMillis());
    }
}
