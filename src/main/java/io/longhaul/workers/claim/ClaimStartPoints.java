package io.longhaul.workers.claim;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.QueuePosition;
import io.longhaul.jobs.sql.Claimed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Remembers where claims may begin to scan. Claimed jobs stay in the index of the queue until no transaction can see
 * them; if one stays open for minutes, a scan from the front walks over all that ended since. Once such scans become
 * slow, claims begin where jobs were found a moment ago, and only now and then one scans from the front: for jobs that
 * were committed late, or given back to their old positions.
 *
 * <p>A start point of a queue is the number of a position: no job before it is expected.
 */
final class ClaimStartPoints {
    private static final int PRIORITIES = 11;

    /** A scan that walks over little does not take longer, whatever it finds. */
    private static final Duration SLOW = Duration.ofMillis(5);

    /** Jobs leased per additional {@link #SLOW}: larger claims are allowed to take longer. */
    private static final int JOBS_PER_SLOW = 250;

    /** Positions are given in order, but their transactions commit later: a start point moves up with this delay. */
    private static final long LAG_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** Upper bound on how long a late job waits, as long as scans from the front stay cheap. */
    private static final long LATE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Scans from the front take no more than one part in this many of the time. */
    private static final int SHARE = 10;

    /**
     * Jobs of one tool and priority.
     *
     * @param priority 0 to 10
     */
    record Queue(String tool, int priority) {}

    /** Start points as columns of a statement. */
    record Columns(List<String> queues, List<Integer> priorities, List<Long> starts) {}

    private Map<Queue, Long> reached = new HashMap<>();
    private Map<Queue, Long> nextStarts = Map.of();
    private Map<Queue, Long> starts = Map.of();
    private final Duration slowScan;
    private boolean slow;
    private long nextScan;
    private long nextTurn;
    private int turns;

    ClaimStartPoints() {
        this(SLOW);
    }

    /** For tests: sets the threshold above which a scan counts as slow. */
    ClaimStartPoints(Duration slowScan) {
        this.slowScan = slowScan;
    }

    /** True if the next claim begins at the start points. */
    synchronized boolean apply(long now) {
        return slow && turns > 1 && nextScan - now > 0;
    }

    /** The start points of all queues of these tools. */
    synchronized Columns columns(List<String> tools) {
        List<String> queues = new ArrayList<>();
        List<Integer> priorities = new ArrayList<>();
        List<Long> numbers = new ArrayList<>();
        for (String tool : tools) {
            for (int priority = 0; priority < PRIORITIES; priority++) {
                queues.add(tool);
                priorities.add(priority);
                numbers.add(starts.getOrDefault(new Queue(tool, priority), 0L));
            }
        }
        return new Columns(queues, priorities, numbers);
    }

    /** Learns from a claim that began at the start points. */
    synchronized void followed(List<ClaimedJob> jobs, long now) {
        note(jobs);
        turn(now);
    }

    /**
     * Learns from a claim that scanned from the front.
     *
     * @param jobs in the order of the queue
     * @param now the end of the scan, in nanoseconds
     */
    synchronized void looked(Offer offer, Claimed jobs, Duration took, long now) {
        if (took.toNanos() < slowScan.toNanos() * (JOBS_PER_SLOW + jobs.size()) / JOBS_PER_SLOW) {
            forget();
            return;
        }
        slow = true;
        nextScan = now + Math.max(LATE_NANOS, took.toNanos() * SHARE);
        long furthest =
                reached.values().stream().mapToLong(Long::longValue).max().orElse(0);
        lower(jobs);
        note(jobs);
        if (!jobs.isContested()) {
            raise(offer, jobs, furthest);
        }
        turn(now);
    }

    private void forget() {
        slow = false;
        turns = 0;
        reached = new HashMap<>();
        nextStarts = Map.of();
        starts = Map.of();
    }

    private void note(List<ClaimedJob> jobs) {
        for (ClaimedJob job : jobs) {
            reached.merge(queue(job), job.place().number(), Math::max);
        }
    }

    /** Lowers start points to jobs that were found before them, or went back there: others of that queue may follow. */
    synchronized void lower(List<ClaimedJob> jobs) {
        for (ClaimedJob job : jobs) {
            long number = job.place().number();
            if (number < starts.getOrDefault(queue(job), 0L)) {
                starts = lowered(starts, job);
                nextStarts = lowered(nextStarts, job);
                reached.merge(queue(job), number, Math::min);
            }
        }
    }

    private static Map<Queue, Long> lowered(Map<Queue, Long> some, ClaimedJob job) {
        Map<Queue, Long> changed = new HashMap<>(some);
        changed.merge(queue(job), job.place().number(), Math::min);
        return changed;
    }

    // Queues in which nothing was found have nothing before the positions that other queues have reached.
    private void raise(Offer offer, List<ClaimedJob> jobs, long furthest) {
        int from = offer.filledBy(jobs) ? jobs.get(jobs.size() - 1).place().priority() + 1 : 0;
        for (int i = 0; i < offer.tools().size(); i++) {
            String tool = offer.tools().get(i);
            List<Integer> found = jobs.stream()
                    .filter(job -> job.tool().equals(tool))
                    .map(job -> job.place().priority())
                    .toList();
            boolean cutShort = found.size() >= offer.free().get(i);
            int lowest = cutShort ? Math.max(from, found.get(found.size() - 1) + 1) : from;
            for (int priority = lowest; priority < PRIORITIES; priority++) {
                if (!found.contains(priority)) {
                    reached.merge(new Queue(tool, priority), furthest, Math::max);
                }
            }
        }
    }

    private void turn(long now) {
        if (turns > 0 && nextTurn - now > 0) {
            return;
        }
        starts = nextStarts;
        nextStarts = Map.copyOf(reached);
        nextTurn = now + LAG_NANOS;
        turns++;
    }

    private static Queue queue(ClaimedJob job) {
        QueuePosition place = job.place();
        return new Queue(job.tool(), place.priority());
    }
}
