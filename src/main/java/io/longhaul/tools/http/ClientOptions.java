package io.longhaul.tools.http;

import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Settings of the HTTP client for one tool.
 *
 * @param mostBytes largest answer
 * @param answerTimeout longest wait for one answer, or null for no limit of its own
 */
record ClientOptions(int mostBytes, Duration answerTimeout, boolean followsRedirects) {
    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** One client for all tools: each has a thread, and connections are worth sharing. */
    private static final class Shared {
        static final HttpClient CLIENT = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Sends a request, once. */
    <T> CompletableFuture<HttpResponse<T>> send(HttpRequest request, BodyHandler<T> taker) {
        return Shared.CLIENT.sendAsync(SentOnce.of(request), taker);
    }
}
