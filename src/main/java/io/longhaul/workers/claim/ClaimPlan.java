package io.longhaul.workers.claim;

import io.longhaul.database.PinnedConnection;
import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.Claimed;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.run.Attempts;
import io.longhaul.workers.run.Executions;
import io.longhaul.workers.run.Leases;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/**
 * Plans the claims of a node: for which tools, for how many jobs, and when the next one is due. For one thread, but for the
 * methods that report what happened.
 */
public final class ClaimPlan {
    /** Claims of one kind of tools: those limited across nodes, or all others. */
    public interface Turn {
        /** The room for jobs of these tools now; an empty offer asks for no claim. */
        Offer offer(Attempts attempts);

        /** Claims what was offered. */
        List<ClaimedJob> claim(long nodeId, Offer offer, Attempts attempts);

        /** The wait until the next turn, after the last offer and its claim. */
        Duration rest();
    }

    private final PinnedConnection<JobTransitions> transitions;
    private final ToolRegistry registry;
    private final Duration poll;
    private final LimitedTools limitedTools;
    private final UnlimitedTurn unlimited;
    private final Turn limited = new LimitedTurn();
    private boolean limitedFirst;

    public ClaimPlan(Jdbi jdbi, ToolRegistry registry, Duration poll) {
        this.transitions = new PinnedConnection<>(jdbi, JobTransitions.class);
        this.registry = registry;
        this.poll = poll;
        this.limitedTools = new LimitedTools(jdbi, registry, tool -> !tool.isRemote(), poll);
        this.unlimited = new UnlimitedTurn(new Claimer(transitions), registry, poll);
    }

    /** The longest wait between two claims. */
    public Duration poll() {
        return poll;
    }

    /**
     * The claims that are due, in their order. The kind of tools that got jobs last comes second, so that neither takes all
     * slots for as long as its jobs wait.
     */
    public List<Turn> turns() {
        if (!limitedTools.any()) {
            return List.of(unlimited);
        }
        return limitedFirst ? List.of(limited, unlimited) : List.of(unlimited, limited);
    }

    /** Takes note of a claim; one without jobs was no turn. */
    public void claimed(Turn turn, List<ClaimedJob> jobs) {
        if (!jobs.isEmpty()) {
            limitedFirst = turn == unlimited;
        }
    }

    /** The wait of the dispatcher after its turns. */
    public Duration rest() {
        Duration rest = unlimited.rest();
        Duration other = limitedTools.any() ? limited.rest() : rest;
        return rest.compareTo(other) < 0 ? rest : other;
    }

    /** Reports that the queue has changed: the result of the last claim is out of date. */
    public void lookAgain() {
        unlimited.lookAgain();
    }

    /** Reports that an attempt has ended. */
    public void ended(Duration took) {
        unlimited.ended(took);
    }

    /** Reports that jobs which were claimed ahead in vain are back in their places. */
    public void returned(List<ClaimedJob> jobs) {
        unlimited.returned(jobs);
    }

    /** Reports that jobs have given up their places in limits; true if there are limits. */
    public boolean freed() {
        boolean any = limitedTools.any();
        if (any) {
            limitedTools.freed();
        }
        return any;
    }

    /** Notes at the leases of claimed jobs which version of its tool runs each of them. */
    public void noteVersions(List<ClaimedJob> jobs) {
        List<ClaimedJob> versioned = jobs.stream()
                .filter(job -> version(job) != null)
                .sorted(Comparator.comparing(ClaimedJob::lease, Leases.ORDER))
                .toList();
        if (!versioned.isEmpty()) {
            Leases leases = Leases.of(versioned.stream().map(ClaimedJob::lease).toList());
            String[] versions = versioned.stream().map(this::version).toArray(String[]::new);
            transitions.with(t -> t.noteVersions(leases.ids(), leases.attempts(), leases.nodes(), versions));
        }
    }

    private String version(ClaimedJob job) {
        return registry.find(job.tool()).map(tool -> tool.policy().version()).orElse(null);
    }

    /** The claim of the tools without a limit across nodes: one statement for all, also ahead of free slots. */
    private static final class UnlimitedTurn implements Turn {
        /** Larger statements gain nothing, and hold their rows longer. */
        private static final int MAX_CLAIM = 500;

        private final Claimer claimer;
        private final ToolRegistry registry;
        private final Duration poll;
        private final ClaimAhead claimAhead = new ClaimAhead();
        private List<RegisteredTool> allTools = List.of();
        private List<RegisteredTool> tools = List.of();
        private volatile boolean mayBeMore = true;
        private long claimedNanos = System.nanoTime();
        private int ahead;
        private Duration rest;

        UnlimitedTurn(Claimer claimer, ToolRegistry registry, Duration poll) {
            this.claimer = claimer;
            this.registry = registry;
            this.poll = poll;
            this.rest = poll;
        }

        void lookAgain() {
            mayBeMore = true;
        }

        void ended(Duration took) {
            claimAhead.ended(took);
        }

        void returned(List<ClaimedJob> jobs) {
            claimAhead.disappointed();
            claimer.returned(jobs);
            mayBeMore = true;
        }

        /** True if the last offer asked for more jobs than there were free slots. */
        boolean claimsAhead() {
            return ahead > 0;
        }

        @Override
        public Offer offer(Attempts attempts) {
            Duration untilDue = Duration.ofNanos(claimedNanos + poll.toNanos() - System.nanoTime());
            if (!mayBeMore && !untilDue.isNegative()) {
                rest = untilDue;
                return Offer.NONE;
            }
            rest = poll;
            Offer offer = Offer.of(limit(attempts.executions()), tools(), attempts);
            return offer.tools().isEmpty() ? Offer.NONE : offer;
        }

        private int limit(Executions executions) {
            ahead = claimAhead.jobs(executions.slots() - executions.longRunning(ClaimAhead.HORIZON));
            // Jobs are claimed ahead in halves, so that each statement takes many.
            executions.wakeAt(ahead == 0 ? executions.slots() - 1 : executions.slots() + ahead / 2);
            // Only now, so that no end goes unnoticed between the look and the wake-up mark.
            int free = executions.freeSlots();
            boolean worthIt = free > 0 || free + ahead >= Math.max(1, ahead / 2);
            return worthIt ? Math.min(MAX_CLAIM, free + ahead) : 0;
        }

        @Override
        public List<ClaimedJob> claim(long nodeId, Offer offer, Attempts attempts) {
            mayBeMore = false;
            claimedNanos = System.nanoTime();
            Claimed jobs = claimer.claim(nodeId, offer, attempts.inHand());
            // After a full claim there is more, and so there may be after one that another node crossed; otherwise the
            // next
            // change of the queue wakes the loop.
            boolean more = offer.filledBy(jobs) || jobs.isContested();
            if (more || !offer.whole()) {
                mayBeMore = true;
            }
            rest = more ? Duration.ZERO : poll;
            return jobs;
        }

        @Override
        public Duration rest() {
            return rest;
        }

        /** Sorted out anew when tools have joined. */
        @SuppressWarnings("ReferenceEquality")
        private List<RegisteredTool> tools() {
            List<RegisteredTool> all = registry.list();
            if (all != allTools) {
                allTools = all;
                tools = all.stream()
                        .filter(tool ->
                                !tool.isRemote() && !tool.policy().limits().acrossNodes())
                        .toList();
            }
            return tools;
        }
    }

    /** The claim of the tools that are limited across nodes. */
    private final class LimitedTurn implements Turn {
        private boolean full;

        @Override
        public Offer offer(Attempts attempts) {
            full = false;
            // Limited tools are never claimed ahead. Asks for at least one slot, because short jobs that were claimed
            // ahead
            // can otherwise keep all slots busy.
            int free = Math.max(attempts.executions().freeSlots(), unlimited.claimsAhead() ? 1 : 0);
            return free <= 0 ? Offer.NONE : Offer.of(free, limitedTools.list(), attempts);
        }

        @Override
        public List<ClaimedJob> claim(long nodeId, Offer offer, Attempts attempts) {
            List<ClaimedJob> jobs = limitedTools.claim(nodeId, offer.limit(), tool -> offer.free(tool.name()));
            full = jobs.size() == offer.limit();
            return jobs;
        }

        @Override
        public Duration rest() {
            return full ? Duration.ZERO : limitedTools.untilNext();
        }
    }
}
