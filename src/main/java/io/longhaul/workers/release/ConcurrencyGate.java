package io.longhaul.workers.release;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.sql.KeyGate;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.jdbi.v3.core.Jdbi;

/**
 * Lets jobs of concurrency keys into the queue: at once those of keys that this node knows to have changed, and once a
 * poll interval whoever waits at an open gate for any other reason.
 */
public final class ConcurrencyGate {
    /** Each key is a lock in the database's shared memory, which has room for some thousands. */
    private static final int BATCH = 64;

    private static final int LOOK = 500;

    private final Jdbi jdbi;
    private final BooleanSupplier ready;
    private final BooleanSupplier peers;
    private final BooleanSupplier anyOutside;
    private final Duration poll;
    private final JobSignals signals;
    private final ToolRegistry registry;
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private final Map<UUID, String> running = new ConcurrentHashMap<>();
    private String lookedAt = "";
    private long nextLookNanos = System.nanoTime();

    public ConcurrencyGate(
            Jdbi jdbi,
            ToolRegistry registry,
            BooleanSupplier ready,
            BooleanSupplier peers,
            BooleanSupplier anyOutside,
            Duration poll,
            JobSignals signals) {
        this.jdbi = jdbi;
        this.ready = ready;
        this.peers = peers;
        this.anyOutside = anyOutside;
        this.poll = poll;
        this.signals = signals;
        this.registry = registry;
    }

    /** Says that jobs of keys came, or that places of theirs became free. */
    public void changed(Collection<String> keys) {
        changed.addAll(keys);
    }

    /** Remembers the key of a job that begins. */
    public void started(ClaimedJob job) {
        if (job.concurrencyKey() != null) {
            running.put(job.lease().jobId(), job.concurrencyKey());
        }
    }

    /** Frees the places of jobs that ended here; whether any had a key. */
    public boolean ended(Collection<UUID> jobs) {
        boolean any = false;
        for (UUID job : jobs) {
            String key = running.isEmpty() ? null : running.remove(job);
            any |= key != null && changed.add(key);
        }
        return any;
    }

    /** A step of the loop. */
    public Duration open() {
        if (!ready.getAsBoolean()) {
            return poll;
        }
        if (System.nanoTime() - nextLookNanos >= 0) {
            if (!lookedAt.isEmpty() || anyOutside.getAsBoolean()) {
                lookAround();
            } else {
                nextLookNanos = System.nanoTime() + poll.toNanos();
            }
        }
        List<String> keys = some();
        if (!keys.isEmpty() && letIn(keys.toArray(String[]::new)) > 0) {
            signals.claimable();
        }
        return changed.isEmpty() ? Duration.ofNanos(Math.max(0, nextLookNanos - System.nanoTime())) : Duration.ZERO;
    }

    private void lookAround() {
        List<KeyGate.Waiting> waiting = jdbi.withExtension(KeyGate.class, g -> g.waiting(lookedAt, LOOK));
        int most = Several.of(registry).most();
        waiting.stream()
                .filter(key -> key.inside() < most)
                .map(KeyGate.Waiting::key)
                .forEach(changed::add);
        boolean more = waiting.size() == LOOK;
        lookedAt = more ? waiting.get(LOOK - 1).key() : "";
        // Of very many keys a part at a time, so that looking does not become this node's work.
        nextLookNanos = System.nanoTime() + poll.toNanos() / (more ? 10 : 1);
    }

    // Taken out before they are looked at: what changes from now on is looked at again.
    private List<String> some() {
        List<String> keys = new ArrayList<>();
        Iterator<String> all = changed.iterator();
        while (all.hasNext() && keys.size() < BATCH) {
            keys.add(all.next());
            all.remove();
        }
        return keys;
    }

    private int letIn(String[] keys) {
        return jdbi.inTransaction(handle -> {
            KeyGate gate = handle.attach(KeyGate.class);
            gate.lock(keys);
            Several several = Several.of(registry);
            return gate.letIn(keys, several.tools(), several.limits(), several.most(), peers.getAsBoolean());
        });
    }

    /** The tools that let several jobs of a key in at once. Looked for each time, for tools may join. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Several(String[] tools, Integer[] limits, int most) {
        static Several of(ToolRegistry registry) {
            List<RegisteredTool> several = registry.list().stream()
                    .filter(tool -> tool.policy().limits().keyConcurrency() > 1)
                    .toList();
            Integer[] limits = several.stream()
                    .map(tool -> tool.policy().limits().keyConcurrency())
                    .toArray(Integer[]::new);
            int most = Arrays.stream(limits).mapToInt(Integer::intValue).max().orElse(1);
            return new Several(several.stream().map(RegisteredTool::name).toArray(String[]::new), limits, most);
        }
    }
}
