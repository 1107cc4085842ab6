package io.longhaul.tools.http;

import io.longhaul.outbound.Host;
import io.longhaul.outbound.LimitedBody;
import io.longhaul.tools.CallFailure;
import io.longhaul.tools.spi.FailureKind;
import io.longhaul.tools.spi.ToolCall;
import io.longhaul.tools.spi.ToolResult;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;

/** The requests of one call, one after the other. Ends as soon as the call does. */
final class Conversation {
    static final int MOST_REDIRECTS = 5;
    private static final int SEE_OTHER = 303;
    private static final Set<String> SENT_ANYWHERE = Set.of("user-agent", "accept", "traceparent");

    /** Headers that tell how to read the body; they go where it goes. */
    private static final Set<String> OF_BODY = Set.of("content-type", "content-encoding", "content-language");

    private static final Set<String> GZIP = Set.of("gzip", "x-gzip");

    private final ToolCall call;
    private final ClientOptions wire;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private volatile CompletableFuture<?> underWay = CompletableFuture.completedFuture(null);

    Conversation(ToolCall call, ClientOptions wire) {
        this.call = call;
        this.wire = wire;
        call.onCancel(this::cancel);
    }

    ToolCall call() {
        return call;
    }

    private void cancel() {
        cancelled.countDown();
        underWay.cancel(true);
    }

    /**
     * Sends a request and waits for its answer.
     *
     * @throws CallFailure if there is no answer, or it is too large
     * @throws InterruptedException when the call ends early
     */
    HttpAnswer send(HttpRequest request) throws CallFailure, InterruptedException {
        HttpAnswer answer = once(request);
        HttpRequest next = request;
        for (int followed = 0; wire.followsRedirects() && answer.isRedirect(); followed++) {
            if (followed == MOST_REDIRECTS) {
                throw new CallFailure(new ToolResult.Failure(
                        FailureKind.TOOL_ERROR,
                        "%s was redirected more than %d times: correct the URL."
                                .formatted(described(request), MOST_REDIRECTS),
                        false));
            }
            next = redirected(next, answer);
            answer = once(next);
        }
        return answer;
    }

    /** Headers that are meant for one server, credentials above all, are not sent to another. */
    static HttpRequest redirected(HttpRequest request, HttpAnswer answer) throws CallFailure {
        URI to = target(request, answer);
        boolean sameServer = UrlTemplate.isSameServer(to, request.uri());
        boolean asGet = becomesGet(request.method(), answer.status());
        HttpRequest.Builder next = HttpRequest.newBuilder(to);
        request.version().ifPresent(next::version);
        request.timeout().ifPresent(next::timeout);
        request.headers().map().forEach((name, values) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (OF_BODY.contains(lower) ? !asGet : sameServer || SENT_ANYWHERE.contains(lower)) {
                values.forEach(value -> next.header(name, value));
            }
        });
        return asGet
                ? next.GET().build()
                : next.method(request.method(), request.bodyPublisher().orElseGet(BodyPublishers::noBody))
                        .build();
    }

    /** RFC 9110, 15.4: a PUT, PATCH or DELETE must not be turned into something else, except by 303. */
    private static boolean becomesGet(String method, int status) {
        return status == SEE_OTHER ? !method.equals("HEAD") : status < SEE_OTHER && method.equals("POST");
    }

    private static URI target(HttpRequest request, HttpAnswer answer) throws CallFailure {
        String location = answer.headers().firstValue("location").orElseThrow();
        try {
            URI to = References.resolve(request.uri(), location);
            if (Host.problem(to).isEmpty() && ("http".equals(to.getScheme()) || "https".equals(to.getScheme()))) {
                return to;
            }
        } catch (IllegalArgumentException e) {
            // Refused below.
        }
        throw new CallFailure(
                FailureKind.TOOL_ERROR,
                answer.request() + " was redirected to '" + location
                        + "', no URL with a host that is read in one way.");
    }

    private HttpAnswer once(HttpRequest request) throws CallFailure, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> response =
                wire.send(request, head -> new LimitedBody(wire.mostBytes()));
        underWay = response;
        if (call.isCancelled()) {
            cancel();
        }
        try {
            HttpResponse<byte[]> answered = await(response);
            byte[] body = decoded(answered);
            call.makeRoom(body.length);
            return HttpAnswer.of(answered, body);
        } catch (InterruptedException e) {
            response.cancel(true);
            throw e;
        } catch (CancellationException e) {
            throw new InterruptedException("cancelled");
        } catch (TimeoutException e) {
            response.cancel(true);
            throw new CallFailure(
                    FailureKind.TIMEOUT,
                    "%s was not answered within %d s (answer_timeout)."
                            .formatted(described(request), wire.answerTimeout().toSeconds()));
        } catch (ExecutionException e) {
            throw failed(request, e.getCause());
        }
    }

    /** The body without its Content-Encoding, which no request asks for and files that are stored compressed have all the same. */
    private byte[] decoded(HttpResponse<byte[]> answer) throws CallFailure {
        String encoding = String.join(", ", answer.headers().allValues("content-encoding"))
                .strip()
                .toLowerCase(Locale.ROOT);
        if (answer.body().length == 0 || encoding.isEmpty() || encoding.equals("identity")) {
            return answer.body();
        }
        if (!GZIP.contains(encoding)) {
            throw unreadable(answer, "is not read here: let the server send it without one");
        }
        try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(answer.body()))) {
            byte[] plain = in.readNBytes(wire.mostBytes() + 1);
            if (plain.length > wire.mostBytes()) {
                throw tooLarge(answer.request());
            }
            return plain;
        } catch (IOException e) {
            throw unreadable(answer, "its body does not have");
        }
    }

    private static CallFailure unreadable(HttpResponse<?> answer, String why) {
        return new CallFailure(
                FailureKind.TOOL_ERROR,
                "%s was answered with the Content-Encoding %s, which %s."
                        .formatted(
                                described(answer.request()),
                                answer.headers().firstValue("content-encoding").orElse(""),
                                why));
    }

    private CallFailure tooLarge(HttpRequest request) {
        return new CallFailure(
                FailureKind.RESULT_TOO_LARGE,
                "%s was answered with more than the %d bytes this tool takes: ask for less, or raise max_response."
                        .formatted(described(request), wire.mostBytes()));
    }

    private HttpResponse<byte[]> await(CompletableFuture<HttpResponse<byte[]>> response)
            throws InterruptedException, ExecutionException, TimeoutException {
        Duration longest = wire.answerTimeout();
        return longest == null ? response.get() : response.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    }

    private CallFailure failed(HttpRequest request, Throwable cause) throws InterruptedException {
        for (Throwable e = cause; e != null; e = e.getCause()) {
            if (e instanceof CancellationException) {
                throw new InterruptedException("cancelled");
            }
            if (e instanceof LimitedBody.TooLargeException) {
                return tooLarge(request);
            }
            if (e instanceof UncheckedIOException second) {
                return unavailable(request, "the connection broke", second.getCause());
            }
            if (e instanceof ConnectException || e instanceof UnresolvedAddressException) {
                return unavailable(request, "the server cannot be reached", e);
            }
        }
        return unavailable(request, "the connection broke", cause);
    }

    private static CallFailure unavailable(HttpRequest request, String what, Throwable cause) {
        String why = cause instanceof IOException && cause.getMessage() != null ? " (" + cause.getMessage() + ")" : "";
        return new CallFailure(
                FailureKind.UNAVAILABLE, "%s had no answer: %s%s.".formatted(described(request), what, why));
    }

    private static String described(HttpRequest request) {
        URI uri = request.uri();
        return request.method() + " " + uri.getScheme() + "://" + uri.getRawAuthority() + uri.getRawPath();
    }

    /** Sleeps, unless the call ends before. */
    void pause(Duration time) throws InterruptedException {
        if (cancelled.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new InterruptedException("cancelled");
        }
    }
}
