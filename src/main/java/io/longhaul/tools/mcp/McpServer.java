package io.longhaul.tools.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.mcp.protocol.Protocol;
import io.longhaul.tools.ToolSource;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Tool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One MCP server: keeps a connection to it, connects again when that ends, and finds its tools. Its thread is no {@code Loop},
 * because pauses double up to a minute and start anew after a connection that lasted, and a stop interrupts the connection
 * and waits for its end.
 */
final class McpServer implements ToolSource {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.mcp");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** Over HTTP no notification says that the tools have changed, so they are listed from time to time. */
    private static final Duration LOOK = Duration.ofMinutes(10);

    private final String name;
    private final Supplier<McpTransport> transports;
    private final Handshake handshake;
    private final ToolMaker maker;
    private final UnaryOperator<String> discreet;
    private final Thread thread;
    private final Semaphore news = new Semaphore(0);
    private volatile Consumer<List<Tool>> found;
    private final AtomicReference<CompletableFuture<Session>> session =
            new AtomicReference<>(new CompletableFuture<>());
    private final AtomicInteger calls = new AtomicInteger();
    private volatile String trouble = "is not connected yet";
    private volatile boolean stopped;

    /** When the tools of the connection were listed, or 0; only for the thread. */
    private long offered;

    /** Makes a tool from a listed one. */
    interface ToolMaker {
        /** Returns empty for a tool that is not selected, or cannot be used. */
        Optional<Tool> make(McpServer server, JsonNode listed, boolean modern);
    }

    /** {@code discreet} strikes secrets out of the server's messages. */
    McpServer(
            String name,
            Supplier<McpTransport> transports,
            Handshake handshake,
            ToolMaker maker,
            UnaryOperator<String> discreet) {
        this.discreet = discreet;
        this.name = name;
        this.transports = transports;
        this.handshake = handshake;
        this.maker = maker;
        this.thread = new Thread(this::run, "mcp-" + name);
        thread.setDaemon(true);
    }

    String name() {
        return name;
    }

    @Override
    public void start(Consumer<List<Tool>> taker) {
        found = taker;
        thread.start();
    }

    @Override
    public void stop() {
        stopped = true;
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(10).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public Optional<String> trouble() {
        return trouble == null
                ? Optional.empty()
                : Optional.of("MCP server %s %s; its tools wait for it.".formatted(name, trouble));
    }

    /** Notes that a call uses the server, before it asks for the connection. */
    void callBegins() {
        calls.incrementAndGet();
    }

    /** Notes that such a call has ended. */
    void callEnds() {
        calls.decrementAndGet();
    }

    /**
     * Returns the connection; waits for one if there is none.
     *
     * @throws LostException if there is none within the start timeout
     */
    Session session() throws LostException, InterruptedException {
        if (stopped) {
            throw new LostException("was stopped with this node", false);
        }
        long deadline = System.nanoTime() + handshake.longest().toNanos();
        try {
            Session connected;
            do {
                connected = session.get().get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
            } while (connected.end().isDone());
            return connected;
        } catch (TimeoutException | ExecutionException e) {
            throw new LostException(String.valueOf(trouble), false);
        }
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        while (!stopped) {
            offered = 0;
            onceQuietly();
            // A connection whose tools could be used for some time is opened again without a long pause.
            boolean lived = offered > 0 && System.nanoTime() - offered > LONGEST_PAUSE.toNanos();
            pause = lived ? FIRST_PAUSE : pause;
            try {
                TimeUnit.MILLISECONDS.sleep(stopped ? 0 : pause.toMillis());
            } catch (InterruptedException e) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    private void onceQuietly() {
        try {
            once();
        } catch (RuntimeException | Error e) {
            // Memory ran out again while that was noted. The thread must go on nevertheless.
            trouble = "could not be followed";
        }
    }

    /** Opens a connection and follows it to its end. */
    private void once() {
        Session connected = null;
        try {
            connected = handshake.open(this::opened);
            offer(connected);
            follow(connected);
        } catch (InterruptedException e) {
            stopped = true;
        } catch (RpcException | LostException | TooLargeException e) {
            troubled("does not work: " + e.getMessage());
        } catch (TimeoutException e) {
            troubled("did not answer within %d s (start_timeout)"
                    .formatted(handshake.longest().toSeconds()));
        } catch (ToolConfigurationException e) {
            troubled("cannot be asked: " + e.getMessage());
        } catch (RuntimeException e) {
            LOG.warn("MCP server {} sent something unexpected", name, e);
            troubled("sent something unexpected: " + e);
        } catch (Error e) {
            // Memory that ran out above all; without this thread the server would never be there again.
            LOG.warn("MCP server {} could not be followed", name, e);
            troubled("could not be followed: " + e);
        } finally {
            if (connected != null) {
                connected.close();
            }
        }
    }

    private Session opened() throws LostException, InterruptedException {
        McpTransport transport = transports.get();
        Session opened = new Session(transport, news::release);
        try {
            transport.open(opened);
            return opened;
        } catch (LostException | InterruptedException | RuntimeException | Error e) {
            // Its program may run already, without the threads that it needs here.
            opened.close();
            throw e;
        }
    }

    private void offer(Session connected)
            throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        List<Tool> tools = tools(connected);
        trouble = null;
        offered = System.nanoTime();
        LOG.info(
                "MCP server {} has {} tools (protocol of {})",
                name,
                tools.size(),
                connected.isModern() ? Protocol.MODERN : "2025 and before");
        found.accept(tools);
        serve(connected);
    }

    /** Gives the connection to the calls that wait for one. */
    private void serve(Session connected) {
        CompletableFuture<Session> awaited = session.get();
        awaited.complete(connected);
        // Runs on the thread that notices the end, before any call hears of it, so that the next call waits for the
        // next connection.
        var unused = connected.end().thenRun(() -> session.compareAndSet(awaited, new CompletableFuture<>()));
    }

    /** Waits for the end of the connection; lists the tools again when they have changed. */
    private void follow(Session connected)
            throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        var unusedEnd = connected.end().thenRun(news::release);
        while (!connected.end().isDone()) {
            var unused = news.tryAcquire(LOOK.toMinutes(), TimeUnit.MINUTES);
            news.drainPermits();
            if (!connected.end().isDone()) {
                listAgain(connected);
            }
        }
        troubled("was lost: " + connected.end().join());
    }

    /**
     * Lists the tools of a connection that is in use. If that fails, the connection is kept, and the tools with it, as long
     * as calls run: they would end with it, and a server that does one thing at a time may be busy for days. Without calls
     * the connection is opened again, because the server may hang, or be another.
     */
    private void listAgain(Session connected)
            throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        try {
            found.accept(tools(connected));
        } catch (RpcException | LostException | TooLargeException | TimeoutException | RuntimeException | Error e) {
            if (!connected.end().isDone() && isUnused(connected)) {
                throw e;
            }
            String why = e instanceof TimeoutException ? "no answer in time" : String.valueOf(e.getMessage());
            LOG.info("MCP server {} could not list its tools again; they stay: {}", name, discreet.apply(why));
        }
    }

    /** Returns true if no call uses the connection; then none will. */
    private boolean isUnused(Session connected) {
        // First, so that a call that begins now waits for the next connection, or was counted.
        session.set(new CompletableFuture<>());
        if (calls.get() == 0) {
            return true;
        }
        serve(connected);
        return false;
    }

    private void troubled(String all) {
        String what = discreet.apply(all);
        if (!what.equals(trouble)) {
            LOG.warn("MCP server {} {}; connecting again until it is there", name, what);
        }
        trouble = what;
    }

    private List<Tool> tools(Session connected)
            throws RpcException, LostException, TooLargeException, TimeoutException, InterruptedException {
        List<Tool> tools = new ArrayList<>();
        for (JsonNode listed : new ToolPages(connected, handshake.longest()).all()) {
            maker.make(this, listed, connected.isModern()).ifPresent(tools::add);
        }
        return tools;
    }
}
