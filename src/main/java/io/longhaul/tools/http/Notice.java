package io.longhaul.tools.http;

import io.longhaul.tools.CallFailure;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A request for whose answer nobody waits, and those to which it is redirected. */
final class Notice {
    private final ClientOptions wire;
    private volatile CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);

    private Notice(ClientOptions wire) {
        this.wire = wire;
    }

    /**
     * Sends it.
     *
     * @return the last answer, without its body; fails with a {@link CallFailure} after a redirect that leads nowhere
     */
    static CompletableFuture<HttpAnswer> send(ClientOptions wire, HttpRequest request, Duration longest) {
        Notice notice = new Notice(wire);
        CompletableFuture<HttpAnswer> answer = notice.send(request, 0);
        // A request's timeout covers the answer's headers only, and the body may never end.
        CompletableFuture.delayedExecutor(longest.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> notice.underWay.cancel(true));
        return answer;
    }

    private CompletableFuture<HttpAnswer> send(HttpRequest request, int followed) {
        CompletableFuture<HttpResponse<byte[]>> sent = wire.send(request, BodyHandlers.replacing(new byte[0]));
        underWay = sent;
        return sent.thenCompose(response -> {
            HttpAnswer answer = HttpAnswer.of(response);
            boolean follows = wire.followsRedirects() && answer.isRedirect() && followed < Conversation.MOST_REDIRECTS;
            return follows ? follow(request, answer, followed + 1) : CompletableFuture.completedFuture(answer);
        });
    }

    private CompletableFuture<HttpAnswer> follow(HttpRequest request, HttpAnswer answer, int followed) {
        try {
            return send(Conversation.redirected(request, answer), followed);
        } catch (CallFailure failure) {
            return CompletableFuture.failedFuture(failure);
        }
    }
}
