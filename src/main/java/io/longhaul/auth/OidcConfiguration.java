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
 */
public record OidcConfiguration(
        String issuer,
        String audience,
        String jwks,
        String nameClaim,
        String rolesClaim,
        Map<String, Role> roles,
        Duration clockSkew) {
    private static final Duration USUAL_SKEW = Duration.ofMinutes(1);
    private static final Duration MOST_SKEW = Duration.ofMinutes(10);

    /** Accepts no tokens. */
    public static final OidcConfiguration NONE =
            new OidcConfiguration("", "", "", "sub", "roles", Map.of(), USUAL_SKEW);

    public OidcConfiguration {
        roles = Map.copyOf(roles);
        if (!issuer.isEmpty()) {
            require("audience", audience, "the audience that the provider's tokens for this server have");
            require("jwks", jwks, "the https address of the provider's keys, or a file with them");
            requireSafe(jwks);
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
            @JsonProperty("clockSkew") io.dropwizard.util.Duration clockSkew) {
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
                clockSkew == null ? USUAL_SKEW : clockSkew.toJavaDuration());
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

    /** Without TLS, someone could replace the keys on their way and sign tokens. */
    private static void requireSafe(String jwks) {
        if (jwks.contains("://")) {
            URI address = address(jwks);
            Host.problem(address).ifPresent(problem -> {
                throw new IllegalArgumentException("auth.oidc.jwks is " + jwks + ": it " + problem);
            });
            boolean safe = "https".equals(address.getScheme())
                    || ("http".equals(address.getScheme())
                            && address.getHost() != null
                            && Loopback.names(address.getHost()));
            if (!safe || address.getHost() == null) {
                throw new IllegalArgumentException("auth.oidc.jwks is " + jwks
                        + ": write an address that begins with https:// (or http:// on this machine), or a file");
            }
        }
    }

    private static URI address(String jwks) {
        try {
            return URI.create(jwks);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("auth.oidc.jwks is no address: " + e.getMessage(), e);
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
