package io.longhaul.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A stream of events that continues where it was when its connection breaks, with any node. {@link #hasNext} waits for
 * the next event, and is false once no more will come. For one thread; {@link #close} may be called from any.
 */
public final class JobEvents implements Iterator<JobEvent>, AutoCloseable {
    /** The server sends something at least every 15 s. */
    private static final Duration LONGEST_SILENCE = Duration.ofSeconds(40);

    private static final Duration BREATH = Duration.ofMillis(500);

    private final Transport transport;
    private final String path;
    private final ScheduledFuture<?> watch;
    private final Consumer<JobEvents> over;
    private volatile InputStream body;
    private BufferedReader lines;
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean closed;
    private JobEvent next;
    private boolean ended;
    private String readId;
    private String givenId;

    JobEvents(
            Transport transport,
            String path,
            String lastEventId,
            ScheduledExecutorService clock,
            Consumer<JobEvents> over) {
        this.transport = transport;
        this.path = path;
        this.readId = lastEventId;
        this.givenId = lastEventId;
        this.over = over;
        this.watch = clock.scheduleWithFixedDelay(this::dropIfSilent, 5, 5, TimeUnit.SECONDS);
    }

    /**
     * Waits for the next event.
     *
     * @return false if no more will come, or the stream was closed
     * @throws LonghaulException if there is no such job, or no server was reached for too long; {@link #lastEventId}
     *     tells where to continue
     */
    @Override
    public boolean hasNext() {
        while (next == null && !ended && !closed) {
            try {
                connect();
                next = ended || closed ? null : read();
                if (next == null) {
                    disconnect();
                }
            } catch (IOException e) {
                disconnect();
            }
        }
        return next != null;
    }

    @Override
    public JobEvent next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        JobEvent event = next;
        next = null;
        givenId = readId;
        ended = event instanceof JobEvent.End;
        return event;
    }

    /**
     * The id with which a stream can continue after the event that {@link #next} gave last; null at the very beginning.
     */
    public String lastEventId() {
        return givenId;
    }

    private void connect() {
        if (lines != null) {
            return;
        }
        List<String> headers = new ArrayList<>(List.of("Accept", "text/event-stream"));
        if (readId != null) {
            headers.addAll(List.of("Last-Event-ID", readId));
        }
        Transport.Reply reply = transport.open(Transport.Call.of("GET", path, headers.toArray(String[]::new)));
        heardNanos = System.nanoTime();
        ended = reply.status() == 204;
        body = reply.body();
        lines = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        if (closed) {
            disconnect();
        }
    }

    /** The next event that this client knows; null at the end of the connection. */
    private JobEvent read() throws IOException {
        String id = readId;
        String kind = "";
        StringBuilder data = new StringBuilder();
        for (String line = line(); line != null; line = line()) {
            heardNanos = System.nanoTime();
            if (line.startsWith("id:")) {
                id = value(line);
            } else if (line.startsWith("event:")) {
                kind = value(line);
            } else if (line.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n").append(value(line));
            } else if (line.isEmpty()) {
                // Not before: an event that broke off must come again.
                readId = id;
                JobEvent event = data.isEmpty() ? null : event(kind, data.toString());
                if (event != null) {
                    return event;
                }
                givenId = readId;
                kind = "";
                data.setLength(0);
            }
        }
        return null;
    }

    private String line() throws IOException {
        return lines == null ? null : lines.readLine();
    }

    private static String value(String line) {
        String value = line.substring(line.indexOf(':') + 1);
        return value.startsWith(" ") ? value.substring(1) : value;
    }

    private static JobEvent event(String kind, String data) throws JsonProcessingException {
        return JobEvent.of(kind, Json.read(data));
    }

    private void disconnect() {
        InputStream old = body;
        body = null;
        lines = null;
        if (old != null) {
            closeQuietly(old);
            if (!ended && !closed) {
                Transport.sleep(BREATH);
            }
        }
    }

    /** A connection that broke without a word is never read to its end. */
    private void dropIfSilent() {
        InputStream silent = body;
        if (silent != null && System.nanoTime() - heardNanos > LONGEST_SILENCE.toNanos()) {
            closeQuietly(silent);
        }
    }

    // The stream and not its reader, whose lock the thread holds that waits in it.
    private static void closeQuietly(InputStream stream) {
        try {
            stream.close();
        } catch (IOException e) {
            // It is given up anyway.
            return;
        }
    }

    /** Ends the stream; a thread that waits in {@link #hasNext} goes on. */
    @Override
    public void close() {
        closed = true;
        watch.cancel(false);
        over.accept(this);
        InputStream open = body;
        if (open != null) {
            closeQuietly(open);
        }
    }
}
