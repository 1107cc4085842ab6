package io.longhaul.workers.housekeeping;

import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.sql.Candidates;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.jobs.sql.NodeLeases.ServerTime;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.workers.node.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.jdbi.v3.core.Jdbi;

/**
 * Puts the jobs of dead nodes back into the queue. Several nodes that do so at once do not disturb each other.
 *
 * <p>After an outage of the database every lease has lapsed although all nodes live, so a rescuer waits one lease's
 * time after the database came back: long enough for every living node to renew. It waits as long after the database's
 * clock was set. For this a node has to see both even while another one does the work.
 */
public final class Rescuer implements QuarantiningBatches.Rows {
    /** The name of the housekeeping task. */
    public static final String TASK = "rescue";

    private static final Duration INTERVAL = Duration.ofSeconds(2);
    private static final int BATCH = 200;

    /** Rows without a lease or a node come from outside; their rescue can wait. */
    private static final int STRANGE_EVERY = 15;

    /**
     * The search for them reads through all leases, ended ones too while a long transaction is open. It takes no more
     * than one part in this many of the time.
     */
    private static final int STRANGE_SHARE = 50;

    /** Says whether this node does the task now. */
    public interface Duty {
        boolean isHeld();
    }

    /** Says of each tool that this node knows how often a lost worker is replaced. */
    public interface AllowedLosses {
        Map<String, Integer> byTool();
    }

    private final Jdbi jdbi;
    private final Telemetry telemetry;
    private final JobSignals signals;
    private final Duration lease;
    private final Duty duty;
    private final LongSupplier nanoTime;
    private final ServerClock clock;
    private final QuarantiningBatches rescues;
    private final QuarantiningBatches requeues;
    private long quietUntilNanos;
    private boolean failing;
    private int steps;
    private int nextStrange;

    public Rescuer(Node node, AllowedLosses losses, Duration lease, Duty duty) {
        this(node, losses, lease, duty, System::nanoTime);
    }

    /** For tests: with a clock of the caller's. */
    Rescuer(Node node, AllowedLosses losses, Duration lease, Duty duty, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.clock = new ServerClock(lease, nanoTime);
        this.quietUntilNanos = nanoTime.getAsLong();
        this.jdbi = node.jdbi();
        this.telemetry = node.telemetry();
        this.signals = node.signals();
        this.lease = lease;
        this.duty = duty;
        this.rescues = new QuarantiningBatches(TASK, BATCH, node, this);
        this.requeues = new QuarantiningBatches(Requeuer.TASK, BATCH, node, new Requeuer(node, losses));
    }

    /** A step of the loop. */
    public Duration rescue() {
        boolean wasFailing = failing;
        failing = true;
        long asked = nanoTime.getAsLong();
        ServerTime time = jdbi.withExtension(NodeLeases.class, NodeLeases::time);
        if (clock.jumped(asked, time) || (wasFailing && !isFresh(time))) {
            quietUntilNanos = nanoTime.getAsLong() + lease.toNanos();
        }
        if (isFresh(time)) {
            failing = wasFailing;
            return INTERVAL;
        }
        // Not only by the node on duty: that may be the dead one.
        if (clock.aheadFor().compareTo(lease) >= 0) {
            long waited = clock.aheadFor().toMillis();
            jdbi.useExtension(NodeLeases.class, n -> n.endOfTheFuture(waited));
        }
        if (duty.isHeld() && nanoTime.getAsLong() - quietUntilNanos >= 0) {
            rescueAll();
        }
        failing = false;
        return INTERVAL;
    }

    private boolean isFresh(ServerTime time) {
        return time.upMillis() >= 0 && time.upMillis() < lease.toMillis();
    }

    private void rescueAll() {
        boolean strange = ++steps >= nextStrange;
        // Set before the work, so that an error in it costs one turn and not all.
        nextStrange = strange ? steps + STRANGE_EVERY : nextStrange;
        long begin = nanoTime.getAsLong();
        // Leases are read through only for a reason: while a long transaction is open, the ended ones are read as well.
        if (strange || jdbi.withExtension(NodeLeases.class, NodeLeases::anyLapsed)) {
            while (rescues.step()) {
                // Until nothing is left: these jobs have waited long enough.
            }
            jdbi.useExtension(NodeLeases.class, NodeLeases::forgetDead);
        }
        if (strange) {
            jdbi.useExtension(NodeLeases.class, NodeLeases::removeIdle);
            requeues.step();
            long rest = (nanoTime.getAsLong() - begin) * STRANGE_SHARE / INTERVAL.toNanos();
            nextStrange = steps + Math.max(STRANGE_EVERY, (int) rest);
        }
    }

    @Override
    public int apply(int limit, UUID[] only) {
        List<UUID> jobs = jdbi.withExtension(JobTransitions.class, t -> t.rescue(limit, only));
        if (!jobs.isEmpty()) {
            telemetry.rescued(jobs);
            signals.ended(jobs);
            signals.claimable();
        }
        return jobs.size();
    }

    @Override
    public List<UUID> next(int limit) {
        return jdbi.withExtension(Candidates.class, c -> c.rescue(limit));
    }

    /** Ends the attempts of jobs that are marked running although no node has a lease on them. */
    private static final class Requeuer implements QuarantiningBatches.Rows {
        /** The task under which rows are set aside; it runs with the rescue. */
        static final String TASK = "requeue";

        private final Jdbi jdbi;
        private final JobSignals signals;
        private final AllowedLosses losses;

        Requeuer(Node node, AllowedLosses losses) {
            this.jdbi = node.jdbi();
            this.signals = node.signals();
            this.losses = losses;
        }

        @Override
        public int apply(int limit, UUID[] only) {
            Map<String, Integer> known = losses.byTool();
            String[] tools = known.keySet().toArray(String[]::new);
            Integer[] maxLosses = known.values().toArray(Integer[]::new);
            List<UUID> jobs =
                    jdbi.withExtension(JobTransitions.class, t -> t.rescueUnleased(limit, only, tools, maxLosses));
            if (!jobs.isEmpty()) {
                signals.ended(jobs);
                signals.claimable();
            }
            return jobs.size();
        }

        @Override
        public List<UUID> next(int limit) {
            return jdbi.withExtension(Candidates.class, c -> c.requeue(limit));
        }
    }
}
