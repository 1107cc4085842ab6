package io.longhaul.workers.housekeeping;

import io.longhaul.jobs.sql.Housekeepers;
import io.longhaul.loops.Loop;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;

/**
 * Tasks for all nodes together, done by one of them at a time: each task has a thread on every node, and works only on
 * the node that holds it. A node holds a task while its own lease lives; then the next node that looks takes it, so the
 * work of a dead node goes on soon after its lease has lapsed. All tasks share one look at the holders.
 *
 * <p>This saves work and nothing else: a node that is slow to notice that it has lost a task may do it beside its
 * successor, so every task must be safe when two nodes do it at once.
 */
public final class Housekeeping {
    /** The interval at which a node looks for free tasks. */
    static final Duration LOOK = Duration.ofSeconds(2);

    /** The age up to which a look is believed that another node holds a task, or none does. */
    private static final Duration OTHERS = Duration.ofSeconds(1);

    /**
     * The age up to which a look is believed that this node does. Only when its lease lapsed could another have taken
     * it.
     */
    private static final Duration OWN = Duration.ofSeconds(10);

    private final Node node;
    private final Map<String, Loop> loops = new LinkedHashMap<>();
    private volatile Known known = new Known(OptionalLong.empty(), Map.of(), 0);

    /** The holders, as a run of this node has seen them. */
    private record Known(OptionalLong self, Map<String, Long> holders, long atNanos) {
        boolean isFresh(String task) {
            boolean own = self.isPresent() && Objects.equals(holders.get(task), self.getAsLong());
            return System.nanoTime() - atNanos < (own ? OWN : OTHERS).toNanos();
        }
    }

    public Housekeeping(Node node) {
        this.node = node;
    }

    /**
     * Adds a task that this node does whenever it holds it. To be called before the workers start.
     *
     * @param name unique, at most 40 characters, the same on all nodes
     * @param task does a bounded part of the work; answers zero when there is more
     */
    public void add(String name, Loop.Step task) {
        addAlways(name, () -> isHeld(name) ? task.run() : LOOK);
    }

    /** Adds a task that runs on all nodes, and asks by itself if this node holds it. */
    public void addAlways(String name, Loop.Step task) {
        loops.put(name, new Loop(name, node.telemetry()::loopFailed, task));
    }

    /** Does the next part of a task now, if this node holds it. */
    public void wakeUp(String name) {
        loops.get(name).wakeUp();
    }

    /** True if this node holds a task, which it takes if it is free. */
    public boolean isHeld(String task) {
        OptionalLong self = node.state().id();
        if (self.isEmpty()) {
            return false;
        }
        Known seen = known;
        if (!seen.self().equals(self) || !seen.isFresh(task)) {
            seen = look(self);
        }
        Long holder = seen.holders().get(task);
        return holder == null ? take(task, self.getAsLong()) : holder == self.getAsLong();
    }

    private synchronized Known look(OptionalLong self) {
        Map<String, Long> holders = node.jdbi().withExtension(Housekeepers.class, Housekeepers::holders);
        known = new Known(self, holders, System.nanoTime());
        return known;
    }

    private boolean take(String task, long self) {
        boolean taken = node.jdbi().withExtension(Housekeepers.class, h -> h.take(task, self)) == 1;
        // The last look is out of date.
        known = new Known(OptionalLong.empty(), Map.of(), 0);
        return taken;
    }

    public void start() {
        loops.values().forEach(Loop::start);
    }

    public void stop() {
        loops.values().forEach(Loop::stop);
    }
}
