package io.longhaul.auth.signin;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.auth.OidcConfiguration;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Sessions;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Signs people in at the OpenID provider: authorization code flow with PKCE, state and nonce (OpenID Connect Core 1.0,
 * RFC 7636, RFC 9207). A session lasts as long as the ID token, so whoever is removed at the provider is out by then.
 */
public final class ProviderSignIn {
    private final OidcConfiguration oidc;
    private final Addresses addresses;
    private final Clock clock;
    private final Signatures signatures;
    private final Provider provider;
    private final IdTokens tokens;

    /**
     * This server's addresses.
     *
     * @param back where the provider sends people who signed in
     * @param signedOut where it sends those who signed out
     * @param usual the page to go to if nothing else is wanted
     */
    public record Addresses(String back, String signedOut, String usual) {}

    /**
     * A person on the way to the provider.
     *
     * @param provider where to send them
     * @param cookie what their browser has to keep
     */
    public record Begun(URI provider, String cookie) {}

    /**
     * A person who came back.
     *
     * @param person who it is
     * @param session what their browser is to keep
     * @param length of the session
     * @param to where they wanted to go
     */
    public record SignedIn(Principal person, String session, Duration length, String to) {}

    /**
     * What the provider sent a person back with. Each part may be null.
     *
     * @param state that it was given
     * @param code for which it gives tokens
     * @param issuer its name
     * @param error code of an error
     * @param description of the error
     */
    public record Answer(String state, String code, String issuer, String error, String description) {}

    /**
     * Reads the client secret.
     *
     * @throws io.longhaul.tools.settings.ToolConfigurationException if it is missing
     */
    public ProviderSignIn(OidcConfiguration oidc, Addresses addresses, Clock clock) {
        String id = oidc.signIn().clientId();
        String secret = ClientSecret.read(oidc.signIn());
        this.oidc = oidc;
        this.addresses = addresses;
        this.clock = clock;
        this.signatures = new Signatures(secret, oidc.issuer() + " " + id);
        this.provider = new Provider(oidc.issuer(), new Provider.Credentials(id, secret), System::nanoTime);
        this.tokens = new IdTokens(oidc);
    }

    /** The sessions of those who signed in. */
    public ProviderSessions sessions() {
        return new ProviderSessions(signatures, clock);
    }

    /** The provider, for people. */
    public String name() {
        String named = oidc.signIn().name();
        return named.isEmpty() ? URI.create(oidc.issuer()).getHost() : named;
    }

    /** How long the browser keeps what {@link #begin} gave it. */
    public static Duration patience() {
        return Journey.LONGEST;
    }

    /** Begins a sign-in of somebody who wants to go on to an address. */
    public Begun begin(String to) throws SignInFailure {
        Journey journey = Journey.begin(to, addresses.usual(), clock.instant());
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", oidc.signIn().clientId());
        query.put("redirect_uri", addresses.back());
        query.put("scope", String.join(" ", oidc.signIn().scopes()));
        query.put("state", journey.state(signatures));
        query.put("nonce", journey.nonce(signatures));
        query.put("code_challenge", journey.challenge(signatures));
        query.put("code_challenge_method", "S256");
        return new Begun(Query.with(provider.description().authorization(), query), journey.cookie(signatures));
    }

    /** Ends a sign-in, by what the provider sent and what the browser kept. */
    public SignedIn finish(Answer answer, String cookie) throws SignInFailure {
        Journey journey = journey(answer, cookie);
        // Only now is it sure that the answer is one of the provider, and not a text somebody wants to have shown.
        requireIssuer(answer.issuer());
        if (answer.error() != null) {
            throw ProviderError.of(answer.error(), answer.description());
        }
        if (answer.code() == null || answer.code().isEmpty()) {
            throw SignInFailure.refused("The provider sent no code. Sign in again.");
        }
        JsonNode given = provider.exchange(answer.code(), journey.verifier(signatures), addresses.back());
        IdTokens.Known known = tokens.known(given, journey.nonce(signatures));
        Duration length = length(known.end());
        return new SignedIn(
                known.person(), sessions().begin(known.person(), clock.instant().plus(length)), length, journey.to());
    }

    private Journey journey(Answer answer, String cookie) throws SignInFailure {
        return Optional.ofNullable(cookie)
                .flatMap(kept -> Journey.read(kept, signatures, clock.instant()))
                .filter(kept -> answer.state() != null && Signatures.isEqual(kept.state(signatures), answer.state()))
                .orElseThrow(() -> SignInFailure.refused("This sign-in was not begun in this browser, was finished"
                        + " before, or took longer than " + Journey.LONGEST.toMinutes() + " minutes. Open "
                        + addresses.signedOut() + " and sign in again."));
    }

    private void requireIssuer(String sent) throws SignInFailure {
        boolean missing = sent == null && provider.description().namesItself();
        if (missing || (sent != null && !sent.equals(oidc.issuer()))) {
            throw SignInFailure.refused("The answer is not of " + oidc.issuer() + ". Sign in again.");
        }
    }

    /** As long as the token is accepted, and at most a working day. */
    private Duration length(Instant end) {
        Duration rest = Duration.between(clock.instant(), end.plus(oidc.clockSkew()));
        return rest.compareTo(Sessions.LENGTH) < 0 ? rest : Sessions.LENGTH;
    }

    /** Where people sign out at the provider, too; empty if it has no such place, or does not answer. */
    public Optional<URI> signOut() {
        try {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("client_id", oidc.signIn().clientId());
            query.put("post_logout_redirect_uri", addresses.signedOut());
            return Optional.ofNullable(provider.description().signOut()).map(address -> Query.with(address, query));
        } catch (SignInFailure e) {
            return Optional.empty();
        }
    }
}
