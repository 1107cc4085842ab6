package io.longhaul.campaign;

import io.longhaul.testing.NodeProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** The nodes of a campaign. Places stay, processes come and go. */
final class Nodes implements AutoCloseable {
    /** On a busy machine a start takes long, and nodes that never get to work show nothing. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Map<String, String> environment;
    private final List<NodeProcess> places = new CopyOnWriteArrayList<>();

    Nodes(int count, Map<String, String> environment) {
        this.environment = environment;
        for (int i = 0; i < count; i++) {
            places.add(start(i));
        }
        places.forEach(NodeProcess::awaitReady);
    }

    private Nodes(Map<String, String> environment) {
        this.environment = environment;
    }

    /** Nodes that somebody else has started and will end. */
    static Nodes of(Map<String, String> environment, NodeProcess... started) {
        Nodes nodes = new Nodes(environment);
        nodes.places.addAll(List.of(started));
        return nodes;
    }

    private NodeProcess start(int place) {
        return NodeProcess.start("campaign-" + place, environment);
    }

    int count() {
        return places.size();
    }

    NodeProcess at(int place) {
        return places.get(place);
    }

    /** Waits until a node is up, but not for ever: it may not get there while all else is down. */
    void awaitUp(int place) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!isReady(place) && System.nanoTime() < end) {
            LockSupport.parkNanos(100_000_000L);
        }
    }

    private boolean isReady(int place) {
        try {
            return places.get(place).get("/readyz").status() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    void kill(int place) {
        places.get(place).process().kill();
    }

    /** Starts a node where none runs. */
    void restart(int place) {
        if (!places.get(place).process().isAlive()) {
            places.set(place, start(place));
        }
    }

    void restartAll() {
        for (int i = 0; i < places.size(); i++) {
            restart(i);
        }
        places.forEach(NodeProcess::awaitReady);
    }

    /** Asks all to end, and waits for that. */
    List<Integer> terminateAll() {
        places.forEach(node -> node.process().terminate());
        List<Integer> exits = new ArrayList<>();
        for (NodeProcess node : places) {
            exits.add(node.process().awaitExit(Duration.ofSeconds(60)));
        }
        return exits;
    }

    @Override
    public void close() {
        places.forEach(NodeProcess::close);
    }
}
