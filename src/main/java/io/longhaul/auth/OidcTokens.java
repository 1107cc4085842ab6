package io.longhaul.auth;

import java.security.Key;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.AlgorithmIdentifiers;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.lang.UnresolvableKeyException;

/** Checks tokens that an OpenID provider has signed (RFC 7519, OpenID Connect Core 3.1.3.7). */
public final class OidcTokens {
    private static final int LONGEST_NAME = 200;

    /** Never "none", and never a shared secret in place of a public key. */
    private static final Set<String> ALGORITHMS =
            Set.of(AlgorithmIdentifiers.RSA_USING_SHA256, AlgorithmIdentifiers.ECDSA_USING_P256_CURVE_AND_SHA256);

    /** A principal gets the first of these that its token gives: one role includes others. */
    private static final List<Role> STRONGEST_FIRST =
            List.of(Role.ADMIN, Role.OPERATE, Role.SUBMIT, Role.READ, Role.WORK);

    private final OidcConfiguration configuration;
    private final ProviderKeys keys;
    private final JwtConsumer consumer;

    /**
     * Fetches no keys before the first token comes.
     *
     * @param clock nanoseconds, such as {@link System#nanoTime}, for the age of keys
     */
    public OidcTokens(OidcConfiguration configuration, LongSupplier clock) {
        this.configuration = configuration;
        this.keys = new ProviderKeys(new ProviderKeySource(configuration), clock);
        this.consumer = new JwtConsumerBuilder()
                .setRequireExpirationTime()
                .setAllowedClockSkewInSeconds((int) configuration.clockSkew().toSeconds())
                .setExpectedIssuer(configuration.issuer())
                .setExpectedAudience(configuration.audience())
                .setJwsAlgorithmConstraints(ConstraintType.PERMIT, ALGORITHMS.toArray(String[]::new))
                .setVerificationKeyResolver(this::key)
                .build();
    }

    /** The principal of a token; its name begins with {@link Principal#OF_PROVIDER}. See {@link #verified}. */
    public Principal principal(String token) {
        return verified(token).principal();
    }

    /**
     * A token that this server accepts.
     *
     * @param principal whom it names
     * @param claims all that it says
     * @param until time from which it is refused
     */
    public record Verified(Principal principal, JwtClaims claims, Instant until) {}

    /**
     * Checks a token.
     *
     * @throws RefusedCredentialException if the token is not valid; the message gives the reason, and nothing of the
     *     token
     * @throws ProviderUnavailableException if the keys are not available
     */
    public Verified verified(String token) {
        try {
            JwtClaims claims = consumer.processToClaims(token);
            Instant end = Instant.ofEpochSecond(claims.getExpirationTime().getValue());
            return new Verified(principal(claims), claims, end.plus(configuration.clockSkew()));
        } catch (InvalidJwtException e) {
            throw failure(e);
        } catch (MalformedClaimException e) {
            throw new RefusedCredentialException("The token's claims are not of the types they should have.");
        }
    }

    /**
     * Refuses wrong algorithms and issuers before it asks for keys, so that a provider that is down does not matter to
     * them.
     */
    private Key key(JsonWebSignature token, List<JsonWebStructure> nested) throws UnresolvableKeyException {
        try {
            if (!ALGORITHMS.contains(token.getAlgorithmHeaderValue())
                    || !configuration
                            .issuer()
                            .equals(JwtClaims.parse(token.getUnverifiedPayload())
                                    .getIssuer())) {
                throw new UnresolvableKeyException("Of another algorithm or issuer");
            }
        } catch (InvalidJwtException | MalformedClaimException e) {
            throw new UnresolvableKeyException("No claims", e);
        }
        return keys.resolve(token, nested);
    }

    private RuntimeException failure(InvalidJwtException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof ProviderKeys.Unknown) {
                return new ProviderUnavailableException(
                        "The keys of the provider cannot be fetched at the moment, so no token of it can be judged."
                                + " Try again; the server's log says what is wrong.",
                        cause);
            }
        }
        return new RefusedCredentialException(reason(e) + " Ask the provider for a new one.");
    }

    private String reason(InvalidJwtException e) {
        if (e.hasExpired()) {
            return "The token has expired.";
        }
        if (e.hasErrorCode(ErrorCodes.NOT_YET_VALID)) {
            return "The token is not valid yet.";
        }
        if (e.hasErrorCode(ErrorCodes.AUDIENCE_INVALID) || e.hasErrorCode(ErrorCodes.AUDIENCE_MISSING)) {
            return "The token is not for the audience " + configuration.audience() + ".";
        }
        if (e.hasErrorCode(ErrorCodes.EXPIRATION_MISSING)) {
            return "The token has no exp.";
        }
        return "The token is not one that " + configuration.issuer() + " has signed with RS256 or ES256.";
    }

    private Principal principal(JwtClaims claims) throws MalformedClaimException {
        String name = claims.getClaimValue(configuration.nameClaim(), String.class);
        if (name == null || name.isBlank() || name.length() > LONGEST_NAME || !isText(name)) {
            throw new RefusedCredentialException("The token's claim " + configuration.nameClaim() + " must have 1 to "
                    + LONGEST_NAME + " characters: it names who asks.");
        }
        Set<Role> given = values(claim(claims.getClaimsMap(), configuration.rolesClaim()))
                .flatMap(this::role)
                .collect(Collectors.toSet());
        Role role = STRONGEST_FIRST.stream().filter(given::contains).findFirst().orElse(Role.NONE);
        return new Principal(Principal.OF_PROVIDER + name, role);
    }

    /** Names go into logs and into the database. */
    private static boolean isText(String name) {
        return name.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    /** Looks the path up as one name, which may be an address with dots; else as a path through objects. */
    private static Object claim(Map<?, ?> claims, String path) {
        Object whole = claims.get(path);
        int dot = path.indexOf('.');
        if (whole != null || dot < 0) {
            return whole;
        }
        return claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                ? claim(inner, path.substring(dot + 1))
                : null;
    }

    private static Stream<String> values(Object claim) {
        if (claim instanceof Collection<?> list) {
            return list.stream().map(String::valueOf);
        }
        return claim instanceof String text ? Stream.of(text.split(" ")) : Stream.empty();
    }

    private Stream<Role> role(String value) {
        if (!configuration.roles().isEmpty()) {
            return Stream.ofNullable(configuration.roles().get(value));
        }
        return STRONGEST_FIRST.stream().filter(role -> role.word().equals(value));
    }
}
