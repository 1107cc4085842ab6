package io.longhaul.auth.signin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.auth.ProviderClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The provider, asked by this server: for its description, and for tokens. */
final class Provider {
    /** Maximum age of a description that can be had again. */
    private static final Duration HOLD = Duration.ofHours(1);

    /** Minimum time between two attempts to get it, so that strangers cannot keep this server busy. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** Each exchange holds a thread while the provider thinks. */
    private static final int MOST_EXCHANGES = 8;

    private static final int OK = 200;
    private static final int SERVER_ERROR = 500;
    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);

    private final String issuer;
    private final Credentials credentials;
    private final LongSupplier clock;
    private final ProviderClient client = new ProviderClient();
    private final ObjectMapper json = new ObjectMapper();
    private final Semaphore exchanges = new Semaphore(MOST_EXCHANGES);
    private ProviderDescription known;
    private long knownSince;
    private IOException failed;
    private long failedAt;

    /**
     * This server at the provider.
     *
     * @param id its client id
     * @param secret its client secret
     */
    record Credentials(String id, String secret) {
        String basic() {
            String both = Query.encoded(id) + ":" + Query.encoded(secret);
            return "Basic " + Base64.getEncoder().encodeToString(both.getBytes(StandardCharsets.UTF_8));
        }

        /** Names no secret. */
        @Override
        public String toString() {
            return id;
        }
    }

    /** @param clock nanoseconds, such as {@link System#nanoTime} */
    Provider(String issuer, Credentials credentials, LongSupplier clock) {
        this.issuer = issuer;
        this.credentials = credentials;
        this.clock = clock;
    }

    /** The provider's description, at most an hour old if the provider answers. */
    synchronized ProviderDescription description() throws SignInFailure {
        long now = clock.getAsLong();
        boolean current = known != null && now - knownSince < HOLD.toNanos();
        boolean justFailed = failed != null && now - failedAt < PAUSE.toNanos();
        if (!current && !justFailed) {
            ask();
        }
        if (known == null) {
            throw unavailable(failed);
        }
        return known;
    }

    private void ask() {
        try {
            HttpResponse<String> answer = client.send(HttpRequest.newBuilder(
                            URI.create(issuer.replaceAll("/$", "") + "/.well-known/openid-configuration"))
                    .header("Accept", "application/json"));
            if (answer.statusCode() != OK) {
                throw new IOException("it answered " + answer.statusCode());
            }
            known = ProviderDescription.read(read(answer.body()), issuer);
            knownSince = clock.getAsLong();
            failed = null;
        } catch (IOException e) {
            failed = e;
            failedAt = clock.getAsLong();
            LOG.warn(
                    "The description of the OpenID provider {} cannot be had ({}). Nobody can sign in there without it."
                            + " Check auth.oidc.issuer, and that this machine reaches it.",
                    issuer,
                    e.getMessage());
        }
    }

    /** Exchanges a code for the provider's answer with tokens. */
    JsonNode exchange(String code, String verifier, String redirect) throws SignInFailure {
        ProviderDescription description = description();
        if (!exchanges.tryAcquire()) {
            throw SignInFailure.unavailable(
                    "Many people are signing in, and the provider is slow. Sign in again in a moment.", null);
        }
        try {
            HttpResponse<String> answer = client.send(request(description, code, verifier, redirect));
            JsonNode body = answer.statusCode() < SERVER_ERROR ? read(answer.body()) : json.createObjectNode();
            if (answer.statusCode() == OK) {
                return body;
            }
            throw refused(answer.statusCode(), body.path("error").asText());
        } catch (IOException e) {
            LOG.warn("The OpenID provider gave no tokens ({})", e.getMessage());
            throw unavailable(e);
        } finally {
            exchanges.release();
        }
    }

    private HttpRequest.Builder request(
            ProviderDescription description, String code, String verifier, String redirect) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", redirect);
        form.put("code_verifier", verifier);
        HttpRequest.Builder request = HttpRequest.newBuilder(description.token())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "application/json");
        if (description.takesBasic()) {
            request.header("Authorization", credentials.basic());
        } else {
            form.put("client_id", credentials.id());
            form.put("client_secret", credentials.secret());
        }
        return request.POST(BodyPublishers.ofString(Query.of(form)));
    }

    private SignInFailure refused(int status, String error) throws IOException {
        if (status >= SERVER_ERROR) {
            throw new IOException("it answered " + status);
        }
        if (error.equals("invalid_grant")) {
            return SignInFailure.refused("The provider no longer knows this sign-in. Sign in again.");
        }
        LOG.warn(
                "The OpenID provider refuses this server ({} {}). Check auth.oidc.signIn.clientId and clientSecret.",
                status,
                ProviderError.code(error));
        return SignInFailure.unavailable(
                "The provider refuses this server (" + ProviderError.code(error) + "). An administrator has to check"
                        + " auth.oidc.signIn.clientId and clientSecret, and this server's entry at the provider.",
                null);
    }

    private JsonNode read(String body) throws IOException {
        try {
            JsonNode read = json.readTree(body);
            if (read != null && read.isObject()) {
                return read;
            }
        } catch (JsonProcessingException e) {
            // Its message would repeat the answer.
        }
        throw new IOException("its answer is no JSON object");
    }

    private SignInFailure unavailable(IOException reason) {
        return SignInFailure.unavailable(
                "The provider " + URI.create(issuer).getHost() + " cannot be used at the moment: " + reason.getMessage()
                        + ". Try again in a moment, or sign in with a key.",
                reason);
    }
}
