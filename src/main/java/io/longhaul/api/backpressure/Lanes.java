package io.longhaul.api.backpressure;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.http.JsonBodies;
import java.util.Locale;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Keeps slow clients and bursts of requests from taking all threads. A request gets a thread when its body has arrived, or
 * when the buffer for it is full, and returns the thread when its answer is made, even if the client has not read it yet. The
 * number of requests with a thread is limited, so that some threads are always free for health checks.
 */
public final class Lanes extends Handler.Wrapper {
    private static final Set<String> HEALTH = Set.of("/healthz", "/readyz", "/health");

    /**
     * Slightly more than the connections to the database. More requests would only compete for the processor with each
     * other and with the check whether the database answers.
     */
    private static final int MOST_AT_ONCE = 32;

    /** The limit of file transfers, plus large batches and large answers. */
    private static final int MOST_STREAMING = 96;

    /** Files are sent as fast as their clients read. */
    private static final Pattern FILES = Pattern.compile("/v1/(files|jobs/[^/]+/files)/.*");

    /** Event streams: thousands reconnect at once after another node has stopped, and each costs more than most requests. */
    private static final Pattern EVENTS = Pattern.compile("/v1/(jobs/[^/]+/)?events");

    /**
     * Event streams that start at once, per processor. More threads would not start them any sooner, and would keep
     * processors and database busy when health is checked.
     */
    private static final int STARTS_PER_PROCESSOR = 2;

    /** More than should ever wait; each waiting request holds a connection. */
    private static final int MOST_WAITING = 8192;

    private final Lane usual;
    private final Lane streaming;
    private final Lane starting;
    private final BufferBudget bodies;
    private final BufferBudget answers;
    private final LongSupplier nanoTime;

    /**
     * Lanes for requests.
     *
     * @param threads number of threads for requests
     * @param mostBytes of all buffers
     * @param nanoTime tells how long a body takes
     */
    Lanes(int threads, long mostBytes, LongSupplier nanoTime) {
        streaming = new Lane(Math.max(2, Math.min(threads / 2, MOST_STREAMING)), MOST_WAITING, null);
        usual = new Lane(Math.max(2, Math.min(threads / 2, MOST_AT_ONCE)), MOST_WAITING, streaming);
        int atOnce = Math.max(
                2 * STARTS_PER_PROCESSOR,
                STARTS_PER_PROCESSOR * Runtime.getRuntime().availableProcessors());
        starting = new Lane(Math.max(2, Math.min(threads / 4, atOnce)), MOST_WAITING, streaming);
        // Those who do not read their answers must not keep the bodies of others out.
        bodies = new BufferBudget(mostBytes / 2);
        answers = new BufferBudget(mostBytes / 2);
        this.nanoTime = nanoTime;
    }

    /**
     * Installs the handler before all others.
     *
     * @param threads number of threads for requests
     */
    public static void install(Environment environment, int threads) {
        // Bodies that are arriving and answers that are not read yet may use this part of the memory.
        environment
                .getApplicationContext()
                .insertHandler(new Lanes(threads, Runtime.getRuntime().maxMemory() / 8, System::nanoTime));
        environment.lifecycle().addServerLifecycleListener(Lanes::shrinkSoon);
        environment.lifecycle().addEventListener(new PatientConnections.Install());
        environment.lifecycle().addEventListener(ConnectionBound.ofProcess());
    }

    /** Lets all idle threads of a burst end together. By default only one of them ends in each idle time. */
    private static void shrinkSoon(Server server) {
        if (server.getThreadPool() instanceof QueuedThreadPool pool) {
            pool.setMaxEvictCount(pool.getMaxThreads());
        }
    }

    /** The number of requests that wait for their turn. */
    public int waiting() {
        return usual.waiting() + streaming.waiting() + starting.waiting();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = request.getHttpURI().getPath();
        if (path == null || HEALTH.contains(path)) {
            return super.handle(request, response, callback);
        }
        if (request.getLength() == 0 || !hasBody(request)) {
            run(lane(path), request, response, callback);
        } else if (request.getHeaders().contains(HttpHeader.EXPECT) || isLines(request)) {
            // The body must not be read in advance: the client waits for 100 Continue, or lines are stored while they
            // arrive.
            run(streaming, request, response, callback);
        } else {
            new BufferedBody(request, bodies, nanoTime).read(body -> {
                if (body == null) {
                    refuse(request, response, callback);
                } else {
                    run(body.isWhole() ? usual : streaming, body, response, callback);
                }
            });
        }
        return true;
    }

    private Lane lane(String path) {
        if (EVENTS.matcher(path).matches()) {
            return starting;
        }
        return FILES.matcher(path).matches() ? streaming : usual;
    }

    private static boolean isLines(Request request) {
        String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        return type != null && type.toLowerCase(Locale.ROOT).startsWith(JsonBodies.LINES);
    }

    private static boolean hasBody(Request request) {
        return request.getLength() > 0 || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING);
    }

    private void run(Lane lane, Request request, Response response, Callback callback) {
        BufferedAnswer answer = new BufferedAnswer(request, response, callback, answers);
        if (!lane.run(() -> serve(request, answer), task -> request.getContext().execute(task))) {
            refuse(request, response, callback);
        }
    }

    private void serve(Request request, BufferedAnswer answer) {
        try {
            if (!super.handle(request, answer, answer.completion())) {
                Response.writeError(request, answer, answer.completion(), HttpStatus.NOT_FOUND_404);
            }
        } catch (Throwable e) {
            Response.writeError(request, answer, answer.completion(), e);
        }
    }

    private static void refuse(Request request, Response response, Callback callback) {
        Response.writeError(request, response, callback, HttpStatus.TOO_MANY_REQUESTS_429);
    }
}
