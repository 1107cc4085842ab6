package io.longhaul.webhooks;

import io.longhaul.outbound.Host;
import io.longhaul.traces.JobTrace;
import io.longhaul.traces.Trace;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.eclipse.jetty.client.BytesRequestContent;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** Sends messages as Standard Webhooks defines, to checked addresses, without a thread for each. */
final class Sender {
    private static final String ID = "webhook-id";
    private static final String TIMESTAMP = "webhook-timestamp";
    private static final String SIGNATURE = "webhook-signature";

    private static final Duration LONGEST_CONNECT = Duration.ofSeconds(10);
    private static final int THREADS = 8;

    /**
     * The client ends an attempt that takes too long; if it fails to do so within this time, the attempt is ended
     * without it.
     */
    private static final Duration LAST_WAIT = Duration.ofSeconds(3);

    private final Duration timeout;
    private final ScheduledThreadPoolExecutor deadlines = new ScheduledThreadPoolExecutor(1, task -> {
        Thread thread = new Thread(task, "webhook-deadlines");
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = new HttpClient();
    private final ExecutorService lookUps = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "webhook-names");
        thread.setDaemon(true);
        return thread;
    });

    Sender(WebhooksConfiguration configuration, String version) {
        this(configuration, version, InetAddress::getAllByName);
    }

    Sender(WebhooksConfiguration configuration, String version, CheckedAddresses.Names names) {
        this.timeout = configuration.timeout();
        deadlines.setRemoveOnCancelPolicy(true);
        QueuedThreadPool threads = new QueuedThreadPool(THREADS, 1);
        threads.setName("webhooks");
        threads.setDaemon(true);
        client.setExecutor(threads);
        client.setSocketAddressResolver(new CheckedAddresses(configuration.addresses(), names, lookUps));
        client.setConnectTimeout(Math.min(timeout.toMillis(), LONGEST_CONNECT.toMillis()));
        // For connections that the client has lost track of: no attempt takes this long.
        client.setIdleTimeout(timeout.plus(LAST_WAIT).toMillis());
        client.setFollowRedirects(false);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setUserAgentField(new HttpField(HttpHeader.USER_AGENT, "Longhaul/" + version));
        // The deliverer limits the messages under way to one endpoint.
        client.setMaxConnectionsPerDestination(Deliverer.MOST_AT_ONCE);
        client.setDestinationIdleTimeout(Duration.ofMinutes(1).toMillis());
        client.setMaxResponseHeadersSize(16 * 1024);
    }

    void start() {
        try {
            client.start();
            // No authentication and no decompression by the client.
            client.getProtocolHandlers().clear();
            client.getProtocolHandlers().put(new ReceivedAnswer.InterimAnswers());
            client.getContentDecoderFactories().clear();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client of webhooks does not start", e);
        }
    }

    void stop() {
        lookUps.shutdownNow();
        deadlines.shutdownNow();
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client of webhooks does not stop", e);
        }
    }

    /**
     * Sends a delivery.
     *
     * @param done called with the outcome, once, on any thread
     */
    void send(ClaimedDelivery delivery, byte[] body, Consumer<DeliveryOutcome> done) {
        long timestamp = delivery.claimedAt().getEpochSecond();
        String id = delivery.id().toString();
        URI url = URI.create(delivery.url());
        Optional<String> problem = Host.problem(url);
        if (problem.isPresent()) {
            // An earlier release may have accepted it.
            done.accept(new DeliveryOutcome(null, null, null, "its address " + problem.get(), Duration.ZERO));
            return;
        }
        Request request = client.newRequest(url)
                .method(HttpMethod.POST)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .body(new BytesRequestContent("application/json", body))
                .headers(headers -> {
                    headers.put(ID, id);
                    headers.put(TIMESTAMP, Long.toString(timestamp));
                    new JobTrace(delivery.traceId(), delivery.traceSpan())
                            .header()
                            .ifPresent(trace -> headers.put(Trace.HEADER, trace));
                    List<String> signatures = signatures(delivery, timestamp, body);
                    if (!signatures.isEmpty()) {
                        headers.put(SIGNATURE, String.join(" ", signatures));
                    }
                });
        ReceivedAnswer answer = new ReceivedAnswer(timeout, done);
        // Ends the attempt and frees its slot even if an answer breaks the client.
        answer.endBy(deadlines.schedule(
                () -> {
                    if (answer.giveUp()) {
                        var unused = request.abort(new TimeoutException("The client did not end the attempt"));
                        ReceivedAnswer.hangUp(request);
                    }
                },
                timeout.plus(LAST_WAIT).toMillis(),
                TimeUnit.MILLISECONDS));
        request.send(answer);
    }

    private static List<String> signatures(ClaimedDelivery delivery, long timestamp, byte[] body) {
        return Stream.of(delivery.secret(), delivery.oldSecrets())
                .filter(Objects::nonNull)
                .flatMap(secrets -> Stream.of(secrets.split(" ")))
                .map(secret -> WebhookSecret.parse(secret).orElseThrow())
                .map(secret -> secret.sign(delivery.id().toString(), timestamp, body))
                .toList();
    }
}
