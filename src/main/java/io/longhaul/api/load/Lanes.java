package io.longhaul.api.load;

import io.dropwizard.core.setup.Environment;
import io.longhaul.api.http.JsonBodies;
import java.util.Locale;
import java.util.Set;
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
 * Keeps clients that are slow, or many at once, from taking all threads. A request gets a thread when its body is there, or
 * as much of it as is kept in memory, and gives it back when its answer is made, whether or not the client has read it. So
 * many requests have threads at once and the others wait for one, so that some are always free for those who ask whether
 * the node lives.
 */
public final class Lanes extends Handler.Wrapper {
    private static final Set<String> HEALTH = Set.of("/healthz", "/readyz", "/health");

    /**
     * Some more than there are connections to the database: more would only take the processor from each other, and from
     * those who look whether the database answers.
     */
    private static final int MOST_AT_ONCE = 32;

    /** As many files as may be sent and taken at once, and large batches. */
    private static final int MOST_STREAMING = 96;

    /** Files go out at the pace of those who take them. */
    private static final Pattern FILES = Pattern.compile("/v1/(files|jobs/[^/]+/files)/.*");

    /** Event streams: thousands come at once when another node has ended, and each costs more than most requests do. */
    private static final Pattern EVENTS = Pattern.compile("/v1/(jobs/[^/]+/)?events");

    /**
     * How many event streams are begun at once, for each processor. More threads would not begin them any sooner, and
     * would keep the processors from those who ask for health, and the database from whoever looks whether it answers.
     */
    private static final int BEGUN_A_PROCESSOR = 2;

    /** More than any server should have to wait for its turn; each holds a connection. */
    private static final int MOST_WAITING = 8192;

    private final Lane usual;
    private final Lane streaming;
    private final Lane begun;
    private final BufferBudget held;

    private Lanes(int threads, long mostBytes) {
        usual = new Lane(Math.max(2, Math.min(threads / 2, MOST_AT_ONCE)), MOST_WAITING);
        streaming = new Lane(Math.max(2, Math.min(threads / 2, MOST_STREAMING)), MOST_WAITING);
        int atOnce = Math.max(
                2 * BEGUN_A_PROCESSOR, BEGUN_A_PROCESSOR * Runtime.getRuntime().availableProcessors());
        begun = new Lane(Math.max(2, Math.min(threads / 4, atOnce)), MOST_WAITING);
        held = new BufferBudget(mostBytes);
    }

    /**
     * Installs it before everything else.
     *
     * @param environment where to install
     * @param threads how many the server has for requests
     */
    public static void install(Environment environment, int threads) {
        // Bodies that are on their way, and answers that are not read: a part of what there is, and never all of it.
        environment
                .getApplicationContext()
                .insertHandler(new Lanes(threads, Runtime.getRuntime().maxMemory() / 8));
        environment.lifecycle().addServerLifecycleListener(Lanes::shrinkSoon);
        environment.lifecycle().addEventListener(ConnectionBound.ofProcess());
    }

    /** Threads that a rush has made end once they are idle for some time; by default one of them does in that time. */
    private static void shrinkSoon(Server server) {
        if (server.getThreadPool() instanceof QueuedThreadPool pool) {
            pool.setMaxEvictCount(pool.getMaxThreads());
        }
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
            // The client asks first, and may be refused before it sends anything; or lines are taken while they come.
            run(streaming, request, response, callback);
        } else {
            new BufferedBody(request, held).read(body -> {
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
            return begun;
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
        BufferedAnswer answer = new BufferedAnswer(request, response, callback, held);
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
