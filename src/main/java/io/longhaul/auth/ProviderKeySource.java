package io.longhaul.auth;

import io.longhaul.outbound.LimitedBody;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Reads a provider's keys, as JSON. */
final class ProviderKeySource {
    private static final Duration CONNECTING = Duration.ofSeconds(2);

    /** Short, because requests wait for it. */
    private static final Duration ALL = Duration.ofSeconds(5);

    private static final int OK = 200;

    /** Providers have some kilobytes of keys; the answer is kept in memory. */
    private static final int MOST_BYTES = 1 << 20;

    private final OidcConfiguration configuration;
    private HttpClient client;

    ProviderKeySource(OidcConfiguration configuration) {
        this.configuration = configuration;
    }

    /** For one thread at a time. */
    String read() throws IOException {
        return configuration.fetches() ? fetch() : file(Path.of(configuration.jwks()));
    }

    private static String file(Path path) throws IOException {
        try (InputStream in = Files.newInputStream(path)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new IOException("it has more than " + MOST_BYTES + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private String fetch() throws IOException {
        if (client == null) {
            // Follows no redirect: only the configured address is trusted.
            client = HttpClient.newBuilder().connectTimeout(CONNECTING).build();
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(configuration.jwks()))
                .header("Accept", "application/json, application/jwk-set+json")
                .timeout(ALL)
                .build();
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                request,
                head -> BodySubscribers.mapping(
                        new LimitedBody(MOST_BYTES), bytes -> new String(bytes, StandardCharsets.UTF_8)));
        try {
            HttpResponse<String> response = answer.get(ALL.toMillis(), TimeUnit.MILLISECONDS);
            if (response.statusCode() != OK) {
                throw new IOException("it answered " + response.statusCode());
            }
            return response.body();
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("it did not answer within " + ALL.toSeconds() + " s", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().toString(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the fetch was interrupted", e);
        }
    }

    @Override
    public String toString() {
        return configuration.jwks();
    }
}
