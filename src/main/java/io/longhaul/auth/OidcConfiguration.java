package io.longhaul.auth;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.longhaul.outbound.Host;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The OpenID provider whose tokens are accepted, and the roles they give.
 *
 * @param issuer the exact {@code iss} of the tokens; empty to accept none
 * @param audience a value that their {@code aud} must hold
 * @param jwks the provider's public keys (RFC 7517): an https address, or a file
 * @param nameClaim the claim that names the principal
 * @param rolesClaim the claim that gives its role: a list, or a text with spaces between; dots lead into objects
 * @param roles the role for each value of that claim; if empty, the values are names of roles
 * @param clockSkew allowed difference of the provider's clock
 * @param signIn how people sign in at the provider
 */
public record OidcConfiguration(
        String issuer,
        String audience,
        String jwks,
        String nameClaim,
        String rolesClaim,
        Map<String, Role> roles,
        Duration clockSkew,
        SignInConfiguration signIn) {
    private static final Duration USUAL_SKEW = Duration.ofMinutes(1);
    private static final Duration MOST_SKEW = Duration.ofMinutes(10);

    /** Accepts no tokens. */
    public static final OidcConfiguration NONE =
            new OidcConfiguration("", "", "", "sub", "roles", Map.of(), USUAL_SKEW);

    /** Accepts tokens, and nobody signs in at the provider. */
    public OidcConfiguration(
            String issuer,
            String audience,
            String jwks,
            String nameClaim,
            String rolesClaim,
            Map<String, Role> roles,
            Duration clockSkew) {
        this(issuer, audience, jwks, nameClaim, rolesClaim, roles, clockSkew, SignInConfiguration.NONE);
    }

    public OidcConfiguration {
        roles = Map.copyOf(roles);
        if (!issuer.isEmpty()) {
            require("audience", audience, "the audience that the provider's tokens for this server have");
            require("jwks", jwks, "the https address of the provider's keys, or a file with them");
            if (jwks.contains("://")) {
                requireSafe("jwks", jwks, ", or a file");
            }
        }
        if (signIn.isOn()) {
            requireProvider(issuer);
        }
        if (clockSkew.isNegative() || clockSkew.compareTo(MOST_SKEW) > 0) {
            throw new IllegalArgumentException("auth.oidc.clockSkew is " + clockSkew.toSeconds()
                    + "s: write a duration from 0s to 10m; longer, and expired tokens are taken for as long");
        }
    }

    @JsonCreator
    static OidcConfiguration of(
            @JsonProperty("issuer") String issuer,
            @JsonProperty("audience") String audience,
            @JsonProperty("jwks") String jwks,
            @JsonProperty("nameClaim") String nameClaim,
            @JsonProperty("rolesClaim") String rolesClaim,
            @JsonProperty("roles") Map<String, String> roles,
            @JsonProperty("clockSkew") io.dropwizard.util.Duration clockSkew,
            @JsonProperty("signIn") SignInConfiguration signIn) {
        return new OidcConfiguration(
                orElse(issuer, ""),
                orElse(audience, ""),
                orElse(jwks, ""),
                orElse(nameClaim, NONE.nameClaim),
                orElse(rolesClaim, NONE.rolesClaim),
                roles == null
                        ? Map.of()
                        : roles.entrySet().stream()
                                .collect(Collectors.toMap(Map.Entry::getKey, entry -> role(entry.getValue()))),
                clockSkew == null ? USUAL_SKEW : clockSkew.toJavaDuration(),
                signIn == null ? SignInConfiguration.NONE : signIn);
    }

    /** The same provider, for tokens that it made for another audience. */
    public OidcConfiguration withAudience(String other) {
        return new OidcConfiguration(issuer, other, jwks, nameClaim, rolesClaim, roles, clockSkew, signIn);
    }

    /** True for an address at which nobody on the way can change what the provider says. */
    public static boolean isSafe(URI address) {
        return address.getHost() != null
                && ("https".equals(address.getScheme())
                        || ("http".equals(address.getScheme()) && Loopback.names(address.getHost())));
    }

    /** True if tokens are accepted. */
    public boolean isOn() {
        return !issuer.isEmpty();
    }

    /** True if the keys come over HTTP, and not from a file. */
    boolean fetches() {
        return jwks.contains("://");
    }

    private static void require(String setting, String value, String cure) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException("auth.oidc.issuer is set and auth.oidc." + setting + " is not: write "
                    + cure + ", or leave the issuer out to take no tokens");
        }
    }

    /** The provider's own description says where people sign in, and is found below its issuer. */
    private static void requireProvider(String issuer) {
        if (issuer.isEmpty()) {
            throw new IllegalArgumentException("auth.oidc.signIn.clientId is set and auth.oidc.issuer is not: write the"
                    + " provider's issuer, or leave clientId out");
        }
        requireSafe("issuer", issuer, "; people cannot sign in at any other");
    }

    /** Without TLS, someone could replace the answer on its way and sign tokens. */
    private static void requireSafe(String setting, String text, String otherwise) {
        URI address = address(setting, text);
        Host.problem(address).ifPresent(problem -> {
            throw new IllegalArgumentException("auth.oidc." + setting + " is " + text + ": it " + problem);
        });
        if (!isSafe(address)) {
            throw new IllegalArgumentException("auth.oidc." + setting + " is " + text
                    + ": write an address that begins with https:// (or http:// on this machine)" + otherwise);
        }
    }

    private static URI address(String setting, String text) {
        try {
            return URI.create(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("auth.oidc." + setting + " is no address: " + e.getMessage(), e);
        }
    }

    private static Role role(String word) {
        return Arrays.stream(Role.values())
                .filter(role -> role != Role.NONE
                        && role.word().equals(String.valueOf(word).toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("auth.oidc.roles gives the role '" + word
                        + "': write read, submit, work, operate or admin behind each value of the claim"));
    }

    private static String orElse(String given, String usual) {
        return given == null || given.isBlank() ? usual : given.strip();
    }
}
