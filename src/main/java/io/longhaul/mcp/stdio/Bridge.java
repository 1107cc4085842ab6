package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.RpcError;
import io.longhaul.mcp.protocol.RpcMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Passes the messages of one client, which come as lines, on to the endpoint {@code /mcp} of a server, and what that says
 * back to the client. It keeps nothing that the server needs: jobs go on when it ends.
 */
public final class Bridge implements Lines.Sink {
    /** Far more than servers take; it only protects the memory of this program. */
    private static final int LONGEST_LINE = 16 << 20;

    private static final int MOST_AT_ONCE = 1_000;

    /** As many as the server takes. */
    private static final int LARGEST_BATCH = 50;

    private static final int IDLE_SECONDS = 10;

    /** The whole process is to end within a second of the end of its input. */
    private static final Duration LAST_ANSWERS = Duration.ofMillis(600);

    private static final Duration WATCH = Duration.ofSeconds(5);

    /** The id of a message that is too long, if it stands in what is kept of it. */
    private static final Pattern ID =
            Pattern.compile("\"id\"\\s*:\\s*(-?\\d{1,30}|\"[^\"\\\\\\p{Cntrl}]{1,200}\")\\s*[,}]");

    private static final int BEGINNING = 4_096;

    private final Link link;
    private final Output out;
    private final Consumer<String> log;
    private final ThreadPoolExecutor threads;
    private final Set<Relay> inFlight = ConcurrentHashMap.newKeySet();
    private final Map<JsonNode, Relay> byId = new ConcurrentHashMap<>();
    private final Listening listening;
    private final AtomicBoolean listens = new AtomicBoolean();

    private Bridge(Link link, Output out, Consumer<String> log) {
        this.link = link;
        this.out = out;
        this.log = log;
        this.listening = new Listening(link, out);
        this.threads = new ThreadPoolExecutor(
                0, MOST_AT_ONCE, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), Bridge::thread);
    }

    /**
     * A bridge to a server.
     *
     * @param server where it is
     * @param out where the client reads
     * @param log takes what is for people
     * @param whenClosed what is to be done when the client reads no longer
     * @return to be run
     */
    public static Bridge to(Server server, OutputStream out, Consumer<String> log, Runnable whenClosed) {
        return new Bridge(new Link(server), new Output(out, whenClosed), log);
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "mcp-stdio");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Serves the client to the end of what it says; what it still waits for then is answered within a moment, or not any more.
     *
     * @param in what the client says
     * @throws IOException if it cannot be read
     */
    public void serve(InputStream in) throws IOException {
        thread(this::watch).start();
        try {
            new Lines(LONGEST_LINE, this).readAll(in);
        } finally {
            link.close();
            awaitLastAnswers();
            link.session().end();
        }
    }

    private void watch() {
        while (link.pause(WATCH)) {
            inFlight.forEach(Relay::dropIfSilent);
            listening.dropIfSilent();
        }
    }

    private void awaitLastAnswers() {
        long end = System.nanoTime() + LAST_ANSWERS.toNanos();
        synchronized (inFlight) {
            long left = LAST_ANSWERS.toMillis();
            while (!inFlight.isEmpty() && left > 0) {
                try {
                    inFlight.wait(left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
                left = (end - System.nanoTime()) / 1_000_000;
            }
        }
    }

    @Override
    public void line(byte[] line) {
        try {
            JsonNode all = Json.readAny(line);
            if (all.isArray()) {
                requireBatch(all);
                all.forEach(this::message);
            } else {
                message(all);
            }
        } catch (RpcError e) {
            refuse(null, e);
        }
    }

    /** The messages of a batch go their own ways, and each answer is a line. */
    private static void requireBatch(JsonNode messages) {
        if (messages.isEmpty() || messages.size() > LARGEST_BATCH) {
            throw new RpcError(
                    RpcError.INVALID_REQUEST,
                    "A batch has 1 to " + LARGEST_BATCH + " messages, and this one has " + messages.size() + ".");
        }
    }

    private void refuse(JsonNode id, RpcError error) {
        log.accept(error.getMessage());
        out.fail(id, error);
    }

    private void message(JsonNode message) {
        JsonNode id = null;
        try {
            ObjectNode body = Json.message(message);
            JsonNode said = body.path("id");
            id = said.isTextual() || said.isIntegralNumber() ? said : null;
            take(new Request(body, RpcMessage.of(body)));
        } catch (RpcError e) {
            refuse(id, e);
        } catch (RejectedExecutionException e) {
            out.fail(id, Refusal.tooMany(MOST_AT_ONCE));
        }
    }

    @Override
    public void tooLong(byte[] beginning) {
        Matcher id = ID.matcher(
                new String(beginning, 0, Math.min(beginning.length, BEGINNING), StandardCharsets.ISO_8859_1));
        RpcError error = new RpcError(
                RpcError.INVALID_REQUEST,
                "This message is longer than " + LONGEST_LINE + " bytes, and no server takes such a message: send large"
                        + " data as a file (POST /v1/files) and name that.");
        refuse(id.find() ? Json.parse(id.group(1)) : null, error);
    }

    private void take(Request request) {
        RpcMessage message = request.message();
        if (!message.isNotification()) {
            relay(request);
        } else if (request.is("notifications/cancelled")) {
            JsonNode id = message.params().path("requestId");
            Relay relay = byId.get(id);
            if (relay != null) {
                threads.execute(() -> relay.cancel(request.body()));
            }
        } else {
            threads.execute(() -> tell(request));
        }
    }

    private void relay(Request request) {
        Relay relay = new Relay(link, request, out, log);
        boolean begins = request.is("initialize") && !request.isModern();
        if (begins) {
            link.session().begins();
        }
        inFlight.add(relay);
        byId.put(request.id(), relay);
        try {
            threads.execute(() -> {
                try {
                    relay.run();
                } finally {
                    over(relay, begins);
                }
            });
        } catch (RejectedExecutionException e) {
            over(relay, begins);
            throw e;
        }
    }

    private void over(Relay relay, boolean begins) {
        if (begins) {
            link.session().beginningIsOver();
        }
        byId.remove(relay.request().id(), relay);
        synchronized (inFlight) {
            inFlight.remove(relay);
            inFlight.notifyAll();
        }
    }

    /** Passes on what is not answered: a notification, or the answer to a request of the server. */
    private void tell(Request request) {
        boolean begun = request.is("notifications/initialized");
        String trouble = new Notice(link, request, link.session().isKnown()).send();
        if (trouble != null) {
            log.accept(trouble);
        }
        if (begun && link.session().isKnown() && listens.compareAndSet(false, true)) {
            thread(listening).start();
        }
    }
}
