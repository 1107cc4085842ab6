package io.longhaul.auth.signin;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.outbound.Host;
import java.io.IOException;
import java.net.URI;

/**
 * What a provider says of itself (OpenID Connect Discovery 1.0), as far as sign-in needs it.
 *
 * @param authorization where people sign in
 * @param token where codes are exchanged for tokens
 * @param signOut where people sign out, or null
 * @param takesBasic whether this server may send its secret as Basic credentials
 * @param namesItself whether all answers name the issuer (RFC 9207)
 */
record ProviderDescription(URI authorization, URI token, URI signOut, boolean takesBasic, boolean namesItself) {
    /**
     * Reads it.
     *
     * @throws IOException if it is not of this issuer, or unusable; the message gives the reason
     */
    static ProviderDescription read(JsonNode json, String issuer) throws IOException {
        if (!issuer.equals(json.path("issuer").textValue())) {
            throw new IOException("it describes another issuer");
        }
        return new ProviderDescription(
                required(json, "authorization_endpoint"),
                required(json, "token_endpoint"),
                json.path("end_session_endpoint").isTextual() ? required(json, "end_session_endpoint") : null,
                takesBasic(json.path("token_endpoint_auth_methods_supported")),
                json.path("authorization_response_iss_parameter_supported").asBoolean());
    }

    /** The usual way if nothing is said. */
    private static boolean takesBasic(JsonNode methods) {
        if (!methods.isArray()) {
            return true;
        }
        for (JsonNode method : methods) {
            if ("client_secret_basic".equals(method.textValue())) {
                return true;
            }
        }
        return false;
    }

    private static URI required(JsonNode json, String name) throws IOException {
        try {
            URI address = URI.create(json.path(name).asText());
            if (OidcConfiguration.isSafe(address)
                    && Host.problem(address).isEmpty()
                    && address.getRawFragment() == null) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            // Said below.
        }
        throw new IOException("its " + name + " is no https address");
    }
}
