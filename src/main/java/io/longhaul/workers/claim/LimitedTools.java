package io.longhaul.workers.claim;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.Claims;
import io.longhaul.jobs.sql.RateAndConcurrencyClaims;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.settings.StartRate;
import io.longhaul.tools.settings.ToolLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import org.jdbi.v3.core.Jdbi;

/** Claims jobs of the tools that are limited across all nodes, one tool after the other. For one thread at a time. */
public final class LimitedTools {
    /** Longest time that another node holds a tool's row: the time of a claim. */
    private static final Duration HELD = Duration.ofMillis(20);

    private final Jdbi jdbi;
    private final Duration poll;
    private final ToolRegistry registry;
    private final Predicate<RegisteredTool> which;
    private List<RegisteredTool> allTools = List.of();
    private List<RegisteredTool> tools = List.of();
    private final Map<String, Pause> pauses = new HashMap<>();
    private volatile boolean freed;

    /** The time until which a tool is left alone; for a token, or for a place that the end of a job may free before. */
    private record Pause(long untilNanos, boolean forToken) {}

    public LimitedTools(Jdbi jdbi, ToolRegistry registry, Predicate<RegisteredTool> which, Duration poll) {
        this.jdbi = jdbi;
        this.which = which;
        this.poll = poll;
        this.registry = registry;
    }

    /** False if there are no such tools: then limits cost nothing. */
    public boolean any() {
        return !list().isEmpty();
    }

    /** Sorted out anew when tools have joined. */
    @SuppressWarnings("ReferenceEquality")
    synchronized List<RegisteredTool> list() {
        List<RegisteredTool> all = registry.list();
        if (all != allTools) {
            allTools = all;
            tools = new ArrayList<>(all.stream()
                    .filter(tool -> which.test(tool) && tool.policy().limits().acrossNodes())
                    .toList());
        }
        return tools;
    }

    /** Records that jobs have ended here, so that there may be room. */
    public void freed() {
        freed = true;
    }

    /**
     * Claims as many jobs as limits and slots leave room for.
     *
     * @param free slots of the node
     * @param room the most jobs of a tool that this node may add
     * @return jobs in the order in which they are to start, of one tool after the other
     */
    public List<ClaimedJob> claim(long nodeId, int free, ToIntFunction<RegisteredTool> room) {
        List<ClaimedJob> jobs = new ArrayList<>();
        for (RegisteredTool tool : waiting(room)) {
            int most = Math.min(free - jobs.size(), room.applyAsInt(tool));
            if (most > 0) {
                try {
                    jobs.addAll(claim(nodeId, tool, most));
                } catch (RuntimeException e) {
                    if (jobs.isEmpty()) {
                        throw e;
                    }
                    // The node has these by now. The failure comes again when this tool is the first.
                    return jobs;
                }
            }
        }
        return jobs;
    }

    /** The wait until a tool that had to wait may have a place or a token; at most the poll interval. */
    public Duration untilNext() {
        long now = System.nanoTime();
        long next = pauses.values().stream()
                .mapToLong(pause -> Math.max(0, pause.untilNanos() - now))
                .min()
                .orElse(Long.MAX_VALUE);
        return Duration.ofNanos(Math.min(next, poll.toNanos()));
    }

    private List<RegisteredTool> waiting(ToIntFunction<RegisteredTool> room) {
        letFreedTry();
        long now = System.nanoTime();
        pauses.values().removeIf(pause -> pause.untilNanos() - now <= 0);
        // Begins with another tool each time, so that none takes the slots of the others for ever.
        Collections.rotate(list(), 1);
        List<RegisteredTool> due = tools.stream()
                .filter(tool -> !pauses.containsKey(tool.name()) && room.applyAsInt(tool) > 0)
                .toList();
        if (due.isEmpty()) {
            return due;
        }
        String[] names = due.stream().map(RegisteredTool::name).toArray(String[]::new);
        List<String> waiting = jdbi.withExtension(RateAndConcurrencyClaims.class, l -> l.waiting(names));
        return due.stream().filter(tool -> waiting.contains(tool.name())).toList();
    }

    // Only tools that lacked a place: the end of a job makes no token.
    private void letFreedTry() {
        if (freed) {
            freed = false;
            pauses.values().removeIf(pause -> !pause.forToken());
        }
    }

    private List<ClaimedJob> claim(long nodeId, RegisteredTool tool, int free) {
        return jdbi.inTransaction(handle -> {
            RateAndConcurrencyClaims claims = handle.attach(RateAndConcurrencyClaims.class);
            if (claims.hold(tool.name()).isEmpty()) {
                claims.prepare(tool.name(), burst(tool));
                pause(tool, HELD, false);
                return List.of();
            }
            List<ClaimedJob> jobs = claim(claims, nodeId, tool, free);
            if (jobs.size() < free) {
                pauseAfter(claims, tool, jobs.isEmpty());
            }
            return jobs;
        });
    }

    private static List<ClaimedJob> claim(RateAndConcurrencyClaims claims, long nodeId, RegisteredTool tool, int free) {
        ToolLimits limits = tool.policy().limits();
        StartRate rate = limits.rate();
        return claims.claim(
                nodeId,
                tool.name(),
                tool.policy().allowedLosses(),
                free,
                limits.clusterConcurrency(),
                rate == null ? null : rate.perSecond(),
                rate == null ? null : rate.burst(),
                Claims.BYTES);
    }

    private void pauseAfter(RateAndConcurrencyClaims claims, RegisteredTool tool, boolean nothing) {
        StartRate rate = tool.policy().limits().rate();
        long millis = rate == null
                ? 0
                : claims.millisToNextToken(tool.name(), rate.perSecond(), rate.burst())
                        .orElse(0L);
        if (millis > 0) {
            pause(tool, Duration.ofMillis(millis), true);
        } else if (nothing) {
            // There were jobs and there are tokens, so all places are taken.
            pause(tool, poll, false);
        }
    }

    private void pause(RegisteredTool tool, Duration pause, boolean forToken) {
        pauses.put(tool.name(), new Pause(System.nanoTime() + pause.toNanos(), forToken));
    }

    private static double burst(RegisteredTool tool) {
        StartRate rate = tool.policy().limits().rate();
        return rate == null ? 0 : rate.burst();
    }
}
