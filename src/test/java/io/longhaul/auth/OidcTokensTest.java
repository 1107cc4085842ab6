package io.longhaul.auth;

import static io.longhaul.testing.TokenProvider.claims;
import static io.longhaul.testing.TokenProvider.signed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.longhaul.testing.TokenProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwk.JsonWebKeySet;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.keys.HmacKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OidcTokensTest {
    /** Shared by the class, because failed tests are run again. */
    private static final TokenProvider PROVIDER = new TokenProvider();

    private static PublicJsonWebKey rsa;
    private static PublicJsonWebKey elliptic;
    private static PublicJsonWebKey next;

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1);
    private final OidcTokens tokens = tokens(PROVIDER.keys(), "roles", Map.of());

    @BeforeAll
    static void makeKeys() throws Exception {
        rsa = TokenProvider.rsa("one");
        elliptic = TokenProvider.elliptic("two");
        next = TokenProvider.rsa("three");
    }

    @BeforeEach
    void publish() {
        PROVIDER.publish(rsa, elliptic);
        PROVIDER.fetches.set(0);
    }

    private OidcTokens tokens(String jwks, String rolesClaim, Map<String, Role> roles) {
        return new OidcTokens(
                new OidcConfiguration(
                        TokenProvider.ISSUER,
                        TokenProvider.AUDIENCE,
                        jwks,
                        "sub",
                        rolesClaim,
                        roles,
                        Duration.ofMinutes(1)),
                clock::get);
    }

    private void pass(Duration time) {
        clock.addAndGet(time.toNanos());
    }

    @Test
    void acceptsTheProvidersTokenAndFetchesItsKeysOnce() throws Exception {
        assertThat(tokens.principal(signed(claims("ada", "submit"), rsa)))
                .isEqualTo(new Principal("oidc:ada", Role.SUBMIT));
        assertThat(tokens.principal(signed(claims("ada", "read"), elliptic)))
                .isEqualTo(new Principal("oidc:ada", Role.READ));
        JwtClaims many = claims("ada", "operate");
        many.setAudience("another", TokenProvider.AUDIENCE);
        assertThat(tokens.principal(signed(many, rsa)).role()).isEqualTo(Role.OPERATE);
        assertThat(PROVIDER.fetches).hasValue(1);
    }

    @Test
    void triesAllKeysForATokenThatNamesNone() throws Exception {
        PROVIDER.publish(next, rsa);
        JsonWebSignature nameless =
                TokenProvider.unsigned(claims("ada", "read"), AlgorithmIdentifiers.RSA_USING_SHA256, null);
        nameless.setKey(rsa.getPrivateKey());
        assertThat(tokens.principal(nameless.getCompactSerialization()).name()).isEqualTo("oidc:ada");
    }

    @Test
    void refusesTokensForOthersOrOtherTimesWithTheReason() throws Exception {
        JwtClaims issuer = claims("ada", "admin");
        issuer.setIssuer("https://evil.example");
        JwtClaims audience = claims("ada", "admin");
        audience.setAudience("another");
        JwtClaims nobody = claims("ada", "admin");
        nobody.unsetClaim("aud");
        JwtClaims expired = claims("ada", "admin");
        expired.setExpirationTimeMinutesInTheFuture(-2);
        JwtClaims early = claims("ada", "admin");
        early.setNotBeforeMinutesInThePast(-2);
        JwtClaims endless = claims("ada", "admin");
        endless.unsetClaim("exp");
        JwtClaims nameless = claims("ada", "admin");
        nameless.unsetClaim("sub");
        Map<JwtClaims, String> wrong = Map.of(
                issuer,
                "is not one that https://id.example has signed",
                audience,
                "is not for the audience longhaul",
                nobody,
                "is not for the audience longhaul",
                expired,
                "has expired",
                early,
                "is not valid yet",
                endless,
                "has no exp",
                nameless,
                "claim sub",
                claims("two\nlines", "admin"),
                "claim sub",
                claims("x".repeat(201), "admin"),
                "claim sub");
        for (Map.Entry<JwtClaims, String> one : wrong.entrySet()) {
            assertRefused(signed(one.getKey(), rsa), one.getValue());
        }
    }

    @Test
    void allowsTheConfiguredClockSkew() throws Exception {
        JwtClaims expired = claims("ada", "read");
        expired.setExpirationTimeMinutesInTheFuture(-0.5f);
        assertThat(tokens.principal(signed(expired, rsa)).role()).isEqualTo(Role.READ);
    }

    @Test
    void refusesOtherAlgorithmsAndSignatures() throws Exception {
        assertRefused(signed(claims("ada", "admin"), rsa, AlgorithmIdentifiers.RSA_USING_SHA512), "RS256 or ES256");
        PublicJsonWebKey stranger = TokenProvider.rsa("one");
        assertRefused(signed(claims("ada", "admin"), stranger), "RS256 or ES256");
        String good = signed(claims("ada", "read"), rsa);
        String[] parts = good.split("\\.");
        String other = signed(claims("ada", "admin"), rsa).split("\\.")[1];
        assertRefused(parts[0] + "." + other + "." + parts[2], "RS256 or ES256");
        for (String nonsense : List.of("nonsense", "a.b.c", "...", parts[0] + "." + parts[1] + ".")) {
            assertRefused(nonsense, "RS256 or ES256");
        }
    }

    @Test
    void refusesUnsignedTokensAndThePublicKeyAsSecret() throws Exception {
        JsonWebSignature none = TokenProvider.unsigned(claims("ada", "admin"), AlgorithmIdentifiers.NONE, "one");
        none.setAlgorithmConstraints(AlgorithmConstraints.NO_CONSTRAINTS);
        assertRefused(none.getCompactSerialization(), "RS256 or ES256");
        List<byte[]> secrets = new ArrayList<>();
        secrets.add(rsa.getPublicKey().getEncoded());
        secrets.add(rsa.toJson().getBytes(java.nio.charset.StandardCharsets.UTF_8));
        for (byte[] secret : secrets) {
            JsonWebSignature hashed =
                    TokenProvider.unsigned(claims("ada", "admin"), AlgorithmIdentifiers.HMAC_SHA256, "one");
            hashed.setKey(new HmacKey(secret));
            assertRefused(hashed.getCompactSerialization(), "RS256 or ES256");
        }
        assertThat(PROVIDER.fetches)
                .as("asked for keys that could change nothing")
                .hasValue(0);
    }

    @Test
    void fetchesANewKeyButNotForEveryUnknownOne() throws Exception {
        String rotated = signed(claims("ada", "read"), next);
        tokens.principal(signed(claims("ada", "read"), rsa));
        for (int i = 0; i < 20; i++) {
            assertRefused(rotated, "RS256 or ES256");
        }
        assertThat(PROVIDER.fetches).hasValue(1);
        PROVIDER.publish(rsa, next);
        pass(ProviderKeys.PAUSE);
        assertThat(tokens.principal(rotated).name()).isEqualTo("oidc:ada");
        assertThat(PROVIDER.fetches).hasValue(2);
    }

    @Test
    void forgetsAKeyThatTheProviderWithdraws() throws Exception {
        String token = signed(claims("ada", "read"), rsa);
        tokens.principal(token);
        PROVIDER.publish(next);
        pass(ProviderKeys.HOLD.plusSeconds(1));
        assertRefused(token, "RS256 or ES256");
    }

    @Test
    void doesNotRefuseATokenWhileKeysAreUnavailable() throws Exception {
        PROVIDER.publish();
        String token = signed(claims("ada", "read"), rsa);
        for (int i = 0; i < 20; i++) {
            assertThatThrownBy(() -> tokens.principal(token))
                    .isInstanceOf(ProviderUnavailableException.class)
                    .hasMessageContaining("cannot be fetched")
                    .message()
                    .doesNotContain(token);
        }
        assertThat(PROVIDER.fetches).hasValue(1);
        PROVIDER.publish(rsa);
        pass(ProviderKeys.PAUSE);
        assertThat(tokens.principal(token).name()).isEqualTo("oidc:ada");
    }

    @Test
    void usesKeysForADayIfTheyCannotBeFetchedAgain() throws Exception {
        String token = signed(claims("ada", "read"), rsa);
        tokens.principal(token);
        PROVIDER.publish();
        pass(ProviderKeys.HOLD.plusSeconds(1));
        assertThat(tokens.principal(token).name()).isEqualTo("oidc:ada");
        String unknown = signed(claims("ada", "read"), next);
        assertThatThrownBy(() -> tokens.principal(unknown)).isInstanceOf(ProviderUnavailableException.class);
        pass(ProviderKeys.LAST);
        assertThatThrownBy(() -> tokens.principal(token)).isInstanceOf(ProviderUnavailableException.class);
    }

    @Test
    void readsKeysFromAFile(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys.json");
        OidcTokens local = tokens(file.toString(), "roles", Map.of());
        String token = signed(claims("ada", "read"), rsa);
        assertThatThrownBy(() -> local.principal(token)).isInstanceOf(ProviderUnavailableException.class);
        Files.writeString(file, new JsonWebKeySet(rsa).toJson());
        pass(ProviderKeys.PAUSE);
        assertThat(local.principal(token).name()).isEqualTo("oidc:ada");
    }

    /** Valid except for its size. */
    @Test
    void refusesKeysOverAMebibyteWithoutKeepingThem(@TempDir Path folder) throws Exception {
        String token = signed(claims("ada", "read"), rsa);
        String keys = new JsonWebKeySet(rsa).toJson();
        PROVIDER.publish(keys + " ".repeat((1 << 20) + 1 - keys.length()));
        assertThatThrownBy(() -> tokens.principal(token)).isInstanceOf(ProviderUnavailableException.class);
        PROVIDER.publish(keys + " ".repeat((1 << 20) - keys.length()));
        pass(ProviderKeys.PAUSE);
        assertThat(tokens.principal(token).name()).isEqualTo("oidc:ada");

        Path file = folder.resolve("keys.json");
        Files.writeString(file, keys + " ".repeat(1 << 20));
        OidcTokens local = tokens(file.toString(), "roles", Map.of());
        assertThatThrownBy(() -> local.principal(token)).isInstanceOf(ProviderUnavailableException.class);
    }

    @Test
    void stopsReadingEndlessKeys() throws Exception {
        PROVIDER.publishWithoutEnd();
        String token = signed(claims("ada", "read"), rsa);
        assertThatThrownBy(() -> tokens.principal(token)).isInstanceOf(ProviderUnavailableException.class);
        assertThat(PROVIDER.hungUp.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void takesTheStrongestRoleOfTheClaim() throws Exception {
        JwtClaims text = claims("ada");
        text.setStringClaim("roles", "read admin nonsense");
        assertThat(tokens.principal(signed(text, rsa)).role()).isEqualTo(Role.ADMIN);
        assertThat(tokens.principal(signed(claims("ada", "work", "submit"), rsa))
                        .role())
                .isEqualTo(Role.SUBMIT);
        assertThat(tokens.principal(signed(claims("ada", "none", "Admin"), rsa)).role())
                .isEqualTo(Role.NONE);
        JwtClaims without = claims("ada");
        without.setClaim("roles", 7);
        assertThat(tokens.principal(signed(without, rsa)).role()).isEqualTo(Role.NONE);
    }

    @Test
    void mapsTheProvidersValuesToRoles() throws Exception {
        Map<String, Role> mapping = Map.of("staff", Role.READ, "lab operators", Role.OPERATE);
        OidcTokens nested = tokens(PROVIDER.keys(), "realm_access.roles", mapping);
        JwtClaims claims = claims("ada", "admin");
        claims.setClaim("realm_access", Map.of("roles", List.of("staff", "lab operators", "admin")));
        assertThat(nested.principal(signed(claims, rsa)).role()).isEqualTo(Role.OPERATE);
        OidcTokens named = tokens(PROVIDER.keys(), "https://longhaul.example/roles", mapping);
        JwtClaims address = claims("ada", "admin");
        address.setStringListClaim("https://longhaul.example/roles", "staff");
        assertThat(named.principal(signed(address, rsa)).role()).isEqualTo(Role.READ);
        assertThat(named.principal(signed(claims("ada", "admin"), rsa)).role()).isEqualTo(Role.NONE);
    }

    private void assertRefused(String token, String reason) {
        assertThatThrownBy(() -> tokens.principal(token))
                .as(token)
                .isInstanceOf(RefusedCredentialException.class)
                .hasMessageContaining(reason)
                .message()
                .doesNotContain(token);
    }
}
