package io.longhaul.streams;

import io.longhaul.loops.PollingLoop;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The clients of this node that read server-sent events of one kind. */
public final class EventStreams {
    static final Logger LOG = LoggerFactory.getLogger(EventStreams.class);

    public static final String MEDIA_TYPE = "text/event-stream";
    public static final String LAST_EVENT_ID = "Last-Event-ID";

    /** Marks a request whose answer is written as fast as its client reads it, as those of streams are. */
    public static final String UNBUFFERED = "longhaul.unbuffered";

    /** Each client costs a connection and some kilobytes. */
    private static final int MOST = 5_000;

    private final Set<EventStream> streams = ConcurrentHashMap.newKeySet();

    /** Whole answers that are being written. */
    private final Set<EventStream> answers = ConcurrentHashMap.newKeySet();

    private final StreamMemory memory;
    private final Duration keepAlive;
    private final Duration patience;
    private final Duration longest;
    private final PollingLoop ticking;
    private volatile boolean released;

    /**
     * Streams of any length. Connections are kept alive from {@link #start()} on.
     *
     * @param name of the thread
     * @param keepAlive time without an event after which a client receives a comment; checked twice in this time
     * @param patience time after which a client that reads nothing of what waits for it is dropped
     */
    public EventStreams(String name, Duration keepAlive, Duration patience) {
        this(name, keepAlive, patience, null);
    }

    /**
     * Streams that end after a time, for clients that come back and go on where they were. They have to prove who they are
     * again, which may have changed.
     *
     * @param name of the thread
     * @param keepAlive time without an event after which a client receives a comment; checked twice in this time
     * @param patience time after which a client that reads nothing of what waits for it is dropped
     * @param longest time after which a stream ends, or null for no limit
     */
    public EventStreams(String name, Duration keepAlive, Duration patience, Duration longest) {
        this(name, keepAlive, patience, longest, StreamMemory.OF_HEAP);
    }

    EventStreams(String name, Duration keepAlive, Duration patience, Duration longest, StreamMemory memory) {
        this.memory = memory;
        this.keepAlive = keepAlive;
        this.patience = patience;
        this.longest = longest;
        this.ticking = new PollingLoop(name, this::tick, Duration.ZERO, min(keepAlive.dividedBy(2), patience));
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

    /** The number of clients on this node. */
    public int size() {
        return streams.size();
    }

    boolean isReleased() {
        return released;
    }

    /** Ends all streams, now and later ones at once, for a node that stops. Clients reconnect to another node. */
    public void release() {
        released = true;
        streams.forEach(EventStream::release);
    }

    /**
     * Refuses a request that will need a stream, before its work is done.
     *
     * @throws TooManyStreamsException if this node serves as many as it can
     */
    public void requireRoom() {
        if (streams.size() >= MOST) {
            throw new TooManyStreamsException();
        }
    }

    /** Takes over a request that has been suspended. Events may be offered before the stream is started. */
    public EventStream open(AsyncContext context, EventStream.End end) {
        requireRoom();
        HttpServletResponse response = (HttpServletResponse) context.getResponse();
        response.setStatus(HttpServletResponse.SC_OK);
        response.setContentType(MEDIA_TYPE);
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        // Some proxies buffer answers unless told otherwise.
        response.setHeader("X-Accel-Buffering", "no");
        EventStream stream = stream(context, end);
        streams.add(stream);
        return stream;
    }

    public void start(EventStream stream) {
        stream.start();
        stream.watch();
        if (released) {
            stream.release();
        }
    }

    /**
     * Writes a whole answer, whose headers are set, without holding a thread.
     *
     * @return false if the answer is large and too much waits for slow clients already; then nothing is written
     */
    public boolean send(AsyncContext context, byte[] body) {
        context.getRequest().setAttribute(UNBUFFERED, true);
        EventStream answer = stream(context, gone -> {});
        if (!answer.isTaken(body)) {
            return false;
        }
        answers.add(answer);
        answer.end();
        answer.start();
        return true;
    }

    private EventStream stream(AsyncContext context, EventStream.End end) {
        try {
            return new EventStream(context, this, end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    StreamMemory memory() {
        return memory;
    }

    void remove(EventStream stream) {
        streams.remove(stream);
        answers.remove(stream);
    }

    private void tick() {
        answers.forEach(answer -> answer.tick(keepAlive, patience, null));
        streams.forEach(stream -> stream.tick(keepAlive, patience, longest));
    }
}
