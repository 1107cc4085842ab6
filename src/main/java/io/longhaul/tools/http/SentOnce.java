package io.longhaul.tools.http;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.Flow.Subscriber;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The body of a request that is sent once only. Java's client sends a GET or HEAD again by itself if the server closes
 * the connection without an answer, and the server may have done the work. It asks for the length of the body, be there
 * one or not, each time it sends.
 */
final class SentOnce implements BodyPublisher {
    private static final Set<String> REPEATED = Set.of("GET", "HEAD");

    private final BodyPublisher body;
    private final AtomicBoolean sent = new AtomicBoolean();

    private SentOnce(BodyPublisher body) {
        this.body = body;
    }

    /** The same request, to be sent once. With other methods Java repeats only what a server says it has not begun. */
    static HttpRequest of(HttpRequest request) {
        if (!REPEATED.contains(request.method())) {
            return request;
        }
        SentOnce once = new SentOnce(request.bodyPublisher().orElseGet(BodyPublishers::noBody));
        return HttpRequest.newBuilder(request, (name, value) -> true)
                .method(request.method(), once)
                .build();
    }

    @Override
    public long contentLength() {
        if (sent.getAndSet(true)) {
            throw new UncheckedIOException(new IOException("the server closed it without an answer"));
        }
        return body.contentLength();
    }

    @Override
    public void subscribe(Subscriber<? super ByteBuffer> subscriber) {
        body.subscribe(subscriber);
    }
}
