package io.longhaul.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/**
 * Sends repeatable requests until one is answered: asks the next server if one cannot be reached, and waits if a server
 * asks for time.
 */
final class Transport {
    /** Statuses after which a request may be repeated; a proxy sends the gateway ones if its server is away. */
    private static final Set<Integer> TEMPORARY = Set.of(429, 502, 503, 504);

    /** The server may have done what it was asked. */
    private static final String UNKNOWN = "OUTCOME_UNKNOWN";

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    /** Over at the fourth try, after about a second. */
    private static final Duration MOMENT = Duration.ofMillis(700);

    private final HttpClient http;
    private final List<String> addresses;
    private final String token;
    private final Duration timeout;
    private final Patience patience;
    private final BiConsumer<LonghaulException, Duration> away;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile int current;
    private volatile boolean answered;

    /**
     * A request.
     *
     * @param method in capitals
     * @param path with its query
     * @param body what is sent, or null
     * @param headers names and values in turns
     * @param hold time for which the server may hold it
     * @param repeatable whether it may be sent again if nobody knows what became of it
     */
    record Call(String method, String path, Body body, List<String> headers, Duration hold, boolean repeatable) {
        static Call of(String method, String path, String... headers) {
            return new Call(method, path, null, List.of(headers), Duration.ZERO, true);
        }

        Call with(String json) {
            return with(new Body("application/json", HttpRequest.BodyPublishers.ofString(json)));
        }

        Call with(Body content) {
            return new Call(method, path, content, headers, hold, repeatable);
        }

        Call heldFor(List<String> moreHeaders, Duration time) {
            return new Call(method, path, body, moreHeaders, time, repeatable);
        }

        Call sentOnce() {
            return new Call(method, path, body, headers, hold, false);
        }
    }

    /** What a request carries, as often as it is sent. */
    record Body(String type, HttpRequest.BodyPublisher content) {}

    /**
     * An answer.
     *
     * @param status an HTTP status
     * @param headers of the answer
     * @param body is read while it arrives
     * @param longestSilence of the server while it sends the body
     */
    record Reply(int status, HttpHeaders headers, InputStream body, Duration longestSilence) {
        /** The body, which ends with an exception if nothing comes for too long. */
        InputStream watched() {
            return new WatchedBody(body, longestSilence);
        }

        String text() throws IOException {
            try (InputStream content = watched()) {
                return new String(content.readAllBytes(), StandardCharsets.UTF_8);
            }
        }

        /** The server's proposed time until the next request, or null. */
        Duration retryAfter() {
            return headers.firstValue("Retry-After")
                    // HTTP also allows a date here, but Longhaul never sends one.
                    .filter(value -> value.matches("[0-9]{1,6}"))
                    .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                    .orElse(null);
        }
    }

    /** @param away is told once of each time in which requests are sent again for longer than a moment */
    Transport(
            HttpClient http,
            List<String> addresses,
            String token,
            Duration timeout,
            Patience patience,
            BiConsumer<LonghaulException, Duration> away) {
        this.away = away;
        this.http = http;
        this.addresses = addresses;
        this.token = token;
        this.timeout = timeout;
        this.patience = patience;
    }

    /** Sends a request and reads the answer. */
    Answer send(Call call) {
        return repeat(call, reply -> new Answer(reply.text(), reply.retryAfter()));
    }

    /** Sends a request whose answer is read while it arrives. */
    Reply open(Call call) {
        return repeat(call, reply -> reply);
    }

    /** The text of an answer, and the server's proposed time until the next request (or null). */
    record Answer(String text, Duration retryAfter) {}

    /** Reads an answer; an exception counts as no answer. */
    private interface Reading<T> {
        T read(Reply reply) throws IOException;
    }

    private <T> T repeat(Call call, Reading<T> reading) {
        long began = System.nanoTime();
        boolean maybeDone = false;
        for (int tries = 1; ; tries++) {
            LonghaulException failure;
            try {
                Reply reply = once(call);
                if (reply.status() < 300) {
                    T read = reading.read(reply);
                    told.set(false);
                    answered = true;
                    return read;
                }
                failure = LonghaulException.of(reply.status(), reply.text(), reply.retryAfter());
                if (failure.errorCode() != null) {
                    answered = true;
                }
            } catch (IOException e) {
                failure = new UnreachableException(unreachable(e), e);
            }
            maybeDone |= mayBeDone(failure);
            Duration pause = pause(tries, failure.retryAfter());
            if (!mayRepeat(call, failure) || !patience.allows(began, answered, System.nanoTime() + pause.toNanos())) {
                throw failure.outcomeUnknown(maybeDone);
            }
            if (System.nanoTime() + pause.toNanos() - began >= MOMENT.toNanos() && told.compareAndSet(false, true)) {
                away.accept(failure, patience.with(answered));
            }
            current = (current + 1) % addresses.size();
            sleep(pause);
        }
    }

    private Reply once(Call call) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(addresses.get(current) + call.path()))
                .timeout(call.hold().plus(timeout))
                .method(
                        call.method(),
                        call.body() == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : call.body().content());
        if (call.body() != null) {
            request.header("Content-Type", call.body().type());
        }
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (!call.headers().isEmpty()) {
            request.headers(call.headers().toArray(String[]::new));
        }
        try {
            HttpResponse<InputStream> response = http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            return new Reply(response.statusCode(), response.headers(), response.body(), timeout);
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static boolean mayRepeat(Call call, LonghaulException failure) {
        if (call.repeatable()) {
            return failure.status() == 0 || TEMPORARY.contains(failure.status());
        }
        boolean refused = failure.status() == 429 || failure.status() == 503;
        return isUnsent(failure) || (refused && !UNKNOWN.equals(failure.errorCode()));
    }

    private static boolean isUnsent(LonghaulException failure) {
        return failure.getCause() instanceof ConnectException
                || failure.getCause() instanceof HttpConnectTimeoutException;
    }

    /** Whether the server may have done it all the same; of a gateway nobody knows whether it passed the request on. */
    private static boolean mayBeDone(LonghaulException failure) {
        return failure.status() == 0
                ? !isUnsent(failure)
                : failure.status() == 502 || failure.status() == 504 || UNKNOWN.equals(failure.errorCode());
    }

    /** With jitter, so that clients that were refused together do not come back together. */
    private static Duration pause(int tries, Duration asked) {
        double random = ThreadLocalRandom.current().nextDouble();
        if (asked != null) {
            return Duration.ofMillis((long) (asked.toMillis() * (1 + random / 4)));
        }
        long longest = Math.min(LONGEST_PAUSE.toMillis(), FIRST_PAUSE.toMillis() << Math.min(tries - 1, 10));
        return Duration.ofMillis((long) (longest * (0.5 + random / 2)));
    }

    private String unreachable(IOException e) {
        String where = String.join(", ", addresses);
        if (e instanceof HttpTimeoutException && !(e instanceof HttpConnectTimeoutException)) {
            return "No answer in time from " + where + ".";
        }
        return "No connection to " + where
                + (e instanceof ConnectException || e.getMessage() == null
                        ? ". Is the server running, and is that its address?"
                        : ": " + e.getMessage() + ".");
    }

    static void sleep(Duration pause) {
        try {
            Thread.sleep(pause.toMillis());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private static UnreachableException interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new UnreachableException("The thread was interrupted before there was an answer.", e);
    }
}
