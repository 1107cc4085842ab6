package io.longhaul.api.http;

import io.longhaul.loops.PollingLoop;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All clients of this node that read server-sent events. */
public final class EventStreams {
    static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    public static final String MEDIA_TYPE = "text/event-stream";
    public static final String LAST_EVENT_ID = "Last-Event-ID";

    /** Each client costs a connection and some kilobytes. */
    static final int MOST = 5_000;

    /** Together with the interval of the checks, a client receives something every fifteen seconds. */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private static final Duration LOOK = Duration.ofSeconds(5);

    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();
    private final Duration patience;
    private final PollingLoop ticking;
    private volatile boolean released;

    /**
     * Wires it; connections are kept alive from {@link #start} on.
     *
     * @param patience time after which a client that reads none of its waiting events is dropped
     */
    public EventStreams(Duration patience) {
        this.patience = patience;
        this.ticking = new PollingLoop("event-streams", this::tick, Duration.ZERO, min(LOOK, patience));
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    public void start() {
        ticking.start();
    }

    public void stop() {
        ticking.stop();
    }

    /**
     * The number of clients on this node.
     *
     * @return on this node
     */
    public int size() {
        return streams.size();
    }

    /** Ends all streams, now and later ones at once, for a node that stops. Clients reconnect to another node. */
    public void release() {
        released = true;
        streams.forEach(stream -> stream.close(null));
    }

    /** Takes over a request that Jersey has suspended. Events may be offered before the stream starts. */
    public EventStream open(HttpServletRequest request, Consumer<EventStream> over) {
        if (streams.size() >= MOST) {
            throw new RefusedException(
                    ErrorCode.OVERLOADED, "This node serves as many event streams as it can. Try again shortly.");
        }
        AsyncContext context = request.getAsyncContext();
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType(MEDIA_TYPE);
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        // Some proxies buffer answers unless told otherwise.
        response.setHeader("X-Accel-Buffering", "no");
        try {
            EventStream stream = new EventStream(context, gone -> {
                streams.remove(gone);
                over.accept(gone);
            });
            streams.add(stream);
            return stream;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public void start(EventStream stream) {
        stream.start();
        if (released) {
            stream.end();
        }
    }

    private void tick() {
        streams.forEach(stream -> stream.tick(KEEP_ALIVE.toNanos(), patience.toNanos()));
    }
}
