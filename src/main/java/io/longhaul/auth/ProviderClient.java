package io.longhaul.auth;

import io.longhaul.outbound.LimitedBody;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks an OpenID provider. Follows no redirect, because only the configured addresses are trusted. */
public final class ProviderClient {
    private static final Duration CONNECTING = Duration.ofSeconds(2);

    /** Short, because requests wait for it. */
    private static final Duration ALL = Duration.ofSeconds(5);

    /** Providers answer with some kilobytes; the answer is kept in memory. */
    static final int MOST_BYTES = 1 << 20;

    private final HttpClient client =
            HttpClient.newBuilder().connectTimeout(CONNECTING).build();

    /**
     * Sends a request.
     *
     * @throws IOException if no answer came in time, or a larger one than providers send; the message gives the reason
     */
    public HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
        CompletableFuture<HttpResponse<String>> answer = client.sendAsync(
                request.timeout(ALL).build(),
                head -> BodySubscribers.mapping(
                        new LimitedBody(MOST_BYTES), bytes -> new String(bytes, StandardCharsets.UTF_8)));
        try {
            return answer.get(ALL.toMillis(), TimeUnit.MILLISECONDS);
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
}
