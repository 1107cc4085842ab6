package io.longhaul.mcp;

import io.longhaul.loops.PollingLoop;
import io.longhaul.mcp.protocol.RpcError;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All streams of this node, and the thread that keeps them alive. */
final class Wires {
    static final Logger LOG = LoggerFactory.getLogger("longhaul.mcp");

    /** Each costs a connection and some kilobytes. */
    private static final int MOST = 5_000;

    /**
     * A client over HTTP/1.1 that has gone is only noticed by a write, and then by the next one. Proxies and hosts close
     * connections that are silent for half a minute and longer.
     */
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(2);

    private static final int UNAVAILABLE = 503;
    private static final int TOO_MANY = 429;

    private final Set<Wire> streams = ConcurrentHashMap.newKeySet();
    private final PollingLoop ticking =
            new PollingLoop("mcp-streams", this::tick, Duration.ZERO, KEEP_ALIVE.dividedBy(2));
    private volatile boolean released;

    void start() {
        ticking.start();
    }

    void stop() {
        ticking.stop();
    }

    int size() {
        return streams.size();
    }

    boolean isReleased() {
        return released;
    }

    /** Lets all clients go, now and from now on. For a node that stops; their jobs go on. */
    void release() {
        released = true;
        streams.forEach(Wire::release);
    }

    /** Refuses a stream for which there is no room. */
    void requireRoom() {
        if (released) {
            throw new RpcError(RpcError.INTERNAL_ERROR, "This node is stopping. Try again.")
                    .withStatus(UNAVAILABLE)
                    .retryAfter(1);
        }
        if (streams.size() >= MOST) {
            throw new RpcError(
                            RpcError.INTERNAL_ERROR, "This node serves as many streams as it can. Try again shortly.")
                    .withStatus(TOO_MANY)
                    .retryAfter(1);
        }
    }

    /** Keeps a stream alive from now on. */
    void add(Wire wire) {
        streams.add(wire);
        wire.start();
        if (released) {
            wire.release();
        }
    }

    void remove(Wire wire) {
        streams.remove(wire);
    }

    private void tick() {
        streams.forEach(wire -> wire.keepAlive(KEEP_ALIVE.toNanos()));
    }
}
