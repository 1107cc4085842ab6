package io.longhaul.workers.release;

import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.KeyGate;
import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.jobs.sql.Quarantine;
import io.longhaul.jobs.sql.TransactionLocks;
import io.longhaul.loops.Loop;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.claim.PendingWorkCache;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets jobs of concurrency keys into the queue: at once those of keys that this node knows to have changed, and once a
 * poll interval all others that wait at an open gate.
 */
public final class ConcurrencyGate {
    /** The name under which rows are set aside. */
    private static final String TASK = "gate";

    /** Each key is a lock in the database's shared memory, which has room for some thousands. */
    private static final int BATCH = 64;

    private static final int LOOK = 500;

    private final Node node;
    private final ToolRegistry registry;
    private final PendingWorkCache pendingWork;
    private final Duration poll;
    private final Loop.WakeUp due = new Loop.WakeUp();
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    private final Map<UUID, String> running = new ConcurrentHashMap<>();
    private String lookedAt = "";
    private long nextLookNanos = System.nanoTime();

    public ConcurrencyGate(Node node, ToolRegistry registry, PendingWorkCache pendingWork, Duration poll) {
        this.node = node;
        this.registry = registry;
        this.pendingWork = pendingWork;
        this.poll = poll;
    }

    /** Raised when a step is due at once. */
    public Loop.WakeUp due() {
        return due;
    }

    /** Reports that jobs of these keys came, or that places of theirs became free. */
    public void changed(Collection<String> keys) {
        changed.addAll(keys);
        due.raise();
    }

    /** Remembers the key of a job that begins. */
    public void started(ClaimedJob job) {
        if (job.concurrencyKey() != null) {
            running.put(job.lease().jobId(), job.concurrencyKey());
        }
    }

    /** Frees the places of jobs that ended here. */
    public void ended(Collection<UUID> jobs) {
        boolean any = false;
        for (UUID job : jobs) {
            String key = running.isEmpty() ? null : running.remove(job);
            any |= key != null && changed.add(key);
        }
        if (any) {
            due.raise();
        }
    }

    /** A step of the loop. */
    public Duration open() {
        if (!node.state().isSchemaFit()) {
            return poll;
        }
        if (System.nanoTime() - nextLookNanos >= 0) {
            if (!lookedAt.isEmpty() || pendingWork.shows(PendingWork.Seen::keysOutside)) {
                lookAround();
            } else {
                nextLookNanos = System.nanoTime() + poll.toNanos();
            }
        }
        List<String> keys = some();
        if (!keys.isEmpty() && letInAll(keys) > 0) {
            node.signals().claimable();
        }
        return changed.isEmpty() ? Duration.ofNanos(Math.max(0, nextLookNanos - System.nanoTime())) : Duration.ZERO;
    }

    private void lookAround() {
        List<KeyGate.Waiting> waiting = node.jdbi().withExtension(KeyGate.class, g -> g.waiting(lookedAt, LOOK));
        int most = Several.of(registry).most();
        waiting.stream()
                .filter(key -> key.inside() < most)
                .map(KeyGate.Waiting::key)
                .forEach(changed::add);
        boolean more = waiting.size() == LOOK;
        lookedAt = more ? waiting.get(LOOK - 1).key() : "";
        // Very many keys are looked at in parts, so that looking does not become this node's work.
        nextLookNanos = System.nanoTime() + poll.toNanos() / (more ? 10 : 1);
    }

    // Taken out before they are looked at: later changes are looked at again.
    private List<String> some() {
        List<String> keys = new ArrayList<>();
        Iterator<String> all = changed.iterator();
        while (all.hasNext() && keys.size() < BATCH) {
            keys.add(all.next());
            all.remove();
        }
        return keys;
    }

    private int letInAll(List<String> keys) {
        try {
            return letIn(keys.toArray(String[]::new), null);
        } catch (RuntimeException e) {
            if (!DatabaseFault.of(e).refuses()) {
                throw e;
            }
            return keys.stream().mapToInt(this::letInApart).sum();
        }
    }

    /** Lets the jobs of a key in one by one, and sets those aside whose rows cannot be changed. */
    private int letInApart(String key) {
        int all = 0;
        for (int i = 0; i < BATCH; i++) {
            Optional<UUID> next = node.jdbi().withExtension(KeyGate.class, gate -> gate.next(key));
            if (next.isEmpty()) {
                break;
            }
            try {
                int in = letIn(new String[] {key}, next.get());
                if (in == 0) {
                    break;
                }
                all += in;
            } catch (RuntimeException e) {
                if (!DatabaseFault.of(e).refuses()) {
                    throw e;
                }
                setAside(next.get(), e);
            }
        }
        return all;
    }

    private void setAside(UUID job, RuntimeException refusal) {
        node.jdbi()
                .useExtension(
                        Quarantine.class,
                        q -> q.add(TASK, job, DatabaseFault.root(refusal).getMessage()));
        node.telemetry().quarantined(TASK, job, refusal);
    }

    private int letIn(String[] keys, UUID only) {
        return node.jdbi().inTransaction(handle -> {
            KeyGate gate = handle.attach(KeyGate.class);
            TransactionLocks.of(handle).keys(keys);
            Several several = Several.of(registry);
            return gate.letIn(
                    keys,
                    several.tools(),
                    several.limits(),
                    several.most(),
                    node.state().hasPeers(),
                    only);
        });
    }

    /** The tools that let several jobs of a key in at once. Collected each time, because tools may join. */
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
