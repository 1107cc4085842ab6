package io.longhaul.workers;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.chains.UnreadableJobs;
import io.longhaul.jobs.intake.PinnedConnection;
import io.longhaul.jobs.sql.Claimed;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.claim.ClaimAhead;
import io.longhaul.workers.claim.Claimer;
import io.longhaul.workers.claim.LimitedTools;
import io.longhaul.workers.claim.Offer;
import io.longhaul.workers.run.Executions;
import io.longhaul.workers.run.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/** Claims jobs whenever there are free slots, and hands them on. Polling is the truth; notifications only save waiting. */
final class Dispatcher {
    /** Larger statements gain nothing, and hold their rows longer. */
    private static final int MAX_CLAIM = 500;

    private static final int MAX_RELEASE = 500;

    private final PinnedConnection<JobTransitions> transitions;
    private final Claimer claimer;
    private final ToolRegistry tools;
    private List<RegisteredTool> allTools = List.of();
    private List<RegisteredTool> unlimited = List.of();
    private final LimitedTools limited;
    private final Executions executions;
    private final Predicate<String> barred;
    private final Supplier<UUID[]> held;
    private final Supplier<OptionalLong> node;
    private final BooleanSupplier mayClaim;
    private final Duration poll;
    private final Telemetry telemetry;
    private final Consumer<List<ClaimedJob>> start;
    private final ClaimAhead lookahead;
    private final UnreadableJobs unreadable;
    private long nextReleaseNanos = System.nanoTime();
    private long lookNanos = System.nanoTime();
    private volatile boolean mayBeMore = true;
    private boolean limitedFirst;

    private int ahead;

    Dispatcher(
            Jdbi jdbi,
            ToolRegistry tools,
            LimitedTools limited,
            Executions executions,
            Predicate<String> barred,
            Supplier<UUID[]> held,
            Supplier<OptionalLong> node,
            BooleanSupplier mayClaim,
            Duration poll,
            Telemetry telemetry,
            ClaimAhead lookahead,
            UnreadableJobs unreadable,
            Consumer<List<ClaimedJob>> start) {
        this.transitions = new PinnedConnection<>(jdbi, JobTransitions.class);
        this.claimer = new Claimer(transitions);
        this.tools = tools;
        this.limited = limited;
        this.executions = executions;
        this.barred = barred;
        this.held = held;
        this.node = node;
        this.mayClaim = mayClaim;
        this.poll = poll;
        this.telemetry = telemetry;
        this.lookahead = lookahead;
        this.unreadable = unreadable;
        this.start = start;
    }

    /** The queue has changed: what the last claim found is out of date. */
    void lookAgain() {
        mayBeMore = true;
    }

    /** Jobs that were claimed ahead in vain are back in their places. */
    void returned(List<ClaimedJob> jobs) {
        lookahead.disappointed();
        claimer.returned(jobs);
        mayBeMore = true;
    }

    /** A step of the loop. */
    Duration dispatch() {
        OptionalLong nodeId = node.get();
        if (!mayClaim.getAsBoolean() || nodeId.isEmpty()) {
            return poll;
        }
        releaseDelayed();
        if (executions.isFullOfParams()) {
            mayBeMore = true;
            return poll;
        }
        try {
            return limited.any() ? claimInTurns(nodeId.getAsLong()) : claimUnlimited(nodeId.getAsLong());
        } catch (RuntimeException e) {
            mayBeMore = true;
            if (unreadable.end(tools.names(), e)) {
                return Duration.ZERO;
            }
            throw e;
        }
    }

    // In turns, so that neither kind of tools takes all slots for as long as its jobs wait: whoever got some last comes
    // second. A look without a free slot is no turn.
    private Duration claimInTurns(long nodeId) {
        boolean first = limitedFirst;
        boolean full = first && claimLimited(nodeId);
        Duration wait = claimUnlimited(nodeId);
        full |= !first && claimLimited(nodeId);
        return full ? Duration.ZERO : shorter(wait, limited.untilNext());
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Claims of limited tools; whether all that there was room for was taken, so that there may be more. */
    private boolean claimLimited(long nodeId) {
        // Never ahead, but behind jobs that were: those of other tools that are over in a blink keep all slots taken.
        int free = Math.max(executions.freeSlots(), ahead > 0 ? 1 : 0);
        if (free <= 0) {
            return false;
        }
        Map<String, Long> held = executions.perTool();
        long begin = System.nanoTime();
        List<ClaimedJob> jobs = limited.claim(nodeId, free, tool -> room(tool, held, free));
        telemetry.claimed(jobs.size(), Duration.ofNanos(System.nanoTime() - begin));
        begin(jobs);
        limitedFirst &= jobs.isEmpty();
        return jobs.size() == free;
    }

    // A version that could not be noted is no reason to leave jobs lying that this node holds by now.
    private void begin(List<ClaimedJob> jobs) {
        try {
            noteVersions(jobs);
        } catch (RuntimeException e) {
            telemetry.loopFailed("dispatcher", 1, e);
        }
        start.accept(jobs);
    }

    private void noteVersions(List<ClaimedJob> jobs) {
        List<ClaimedJob> versioned = jobs.stream()
                .filter(job -> version(job) != null)
                .sorted(Comparator.comparing(ClaimedJob::lease, Leases.ORDER))
                .toList();
        if (!versioned.isEmpty()) {
            List<Lease> leases = versioned.stream().map(ClaimedJob::lease).toList();
            String[] versions = versioned.stream().map(this::version).toArray(String[]::new);
            transitions.with(
                    t -> t.noteVersions(Leases.ids(leases), Leases.attempts(leases), Leases.nodes(leases), versions));
        }
    }

    private String version(ClaimedJob job) {
        return tools.find(job.tool()).map(tool -> tool.policy().version()).orElse(null);
    }

    private Duration claimUnlimited(long nodeId) {
        Duration untilLook = Duration.ofNanos(lookNanos + poll.toNanos() - System.nanoTime());
        if (!mayBeMore && !untilLook.isNegative()) {
            return untilLook;
        }
        Offer offer = offer();
        if (offer.tools().isEmpty()) {
            return poll;
        }
        mayBeMore = false;
        lookNanos = System.nanoTime();
        Claimed jobs = claim(nodeId, offer);
        begin(jobs);
        limitedFirst |= !jobs.isEmpty();
        // A full claim means there is more, and so may one that another node crossed; otherwise the next change of the
        // queue wakes this loop.
        boolean more = offer.filledBy(jobs) || jobs.isContested();
        if (more || !offer.whole()) {
            mayBeMore = true;
        }
        return more ? Duration.ZERO : poll;
    }

    // Once a poll interval, not at every claim: delays are counted in seconds, claims in thousands a second.
    private void releaseDelayed() {
        if (System.nanoTime() - nextReleaseNanos < 0) {
            return;
        }
        int released = transitions.with(t -> t.releaseDelayed(MAX_RELEASE));
        if (released < MAX_RELEASE) {
            nextReleaseNanos = System.nanoTime() + poll.toNanos() / 2;
        }
    }

    private Claimed claim(long nodeId, Offer offer) {
        long begin = System.nanoTime();
        Claimed jobs = claimer.claim(nodeId, offer, held.get());
        telemetry.claimed(jobs.size(), Duration.ofNanos(System.nanoTime() - begin));
        return jobs;
    }

    private Offer offer() {
        ahead = lookahead.jobs(executions.slots() - executions.longRunning(ClaimAhead.HORIZON));
        // Claimed ahead in halves, so that each statement takes many.
        executions.wakeAt(ahead == 0 ? executions.slots() - 1 : executions.slots() + ahead / 2);
        // Only now, so that no end goes unnoticed between the look and the wake-up mark.
        int free = executions.freeSlots();
        boolean worthIt = free > 0 || free + ahead >= Math.max(1, ahead / 2);
        int limit = worthIt ? Math.min(MAX_CLAIM, free + ahead) : 0;
        Map<String, Long> held = executions.perTool();
        List<String> names = new ArrayList<>();
        List<Integer> maxLosses = new ArrayList<>();
        List<Integer> rooms = new ArrayList<>();
        boolean whole = limit > 0;
        for (RegisteredTool tool : unlimited()) {
            int room = room(tool, held, limit);
            whole &= room == limit;
            if (room > 0) {
                names.add(tool.name());
                maxLosses.add(tool.policy().allowedLosses());
                rooms.add(room);
            }
        }
        return new Offer(limit, whole, names, maxLosses, rooms);
    }

    /** Sorted out anew when tools have joined. */
    @SuppressWarnings("ReferenceEquality")
    private List<RegisteredTool> unlimited() {
        List<RegisteredTool> all = tools.list();
        if (all != allTools) {
            allTools = all;
            unlimited = all.stream()
                    .filter(tool -> !tool.isRemote() && !tool.policy().limits().acrossNodes())
                    .toList();
        }
        return unlimited;
    }

    // What is held counts, also what still waits for a slot: so its own limit holds for a tool that is claimed ahead.
    private int room(RegisteredTool tool, Map<String, Long> held, int limit) {
        if (barred.test(tool.name())) {
            return 0;
        }
        Integer most = tool.policy().concurrency();
        return most == null
                ? limit
                : Math.min(limit, most - held.getOrDefault(tool.name(), 0L).intValue());
    }
}
