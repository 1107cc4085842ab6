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
 * Where claims may begin to look. What was claimed stays in the index of the queue until no transaction can see it; if
 * one stays open for minutes, a look from the front walks over all that ended since. Once such looks become slow, claims
 * begin where jobs were found a moment ago, and only now and then one looks from the front: for jobs that were
 * committed late, or given back to their old places.
 */
final class ClaimStartPoints {
    private static final int PRIORITIES = 11;

    /** A look that walks over little does not take longer, whatever it finds. */
    private static final Duration SLOW = Duration.ofMillis(5);

    /** Beside that, what it takes to lease so many. */
    private static final int JOBS_PER_SLOW = 250;

    /** Places are taken in order, but their transactions commit when they like: so long they are waited for. */
    private static final long LAG_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** What a late job waits at the most, while looks from the front cost little. */
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Looks from the front take no more than this part of the time. */
    private static final int SHARE = 10;

    /**
     * Jobs of one tool and priority.
     *
     * @param tool its name
     * @param priority 0 to 10
     */
    record Queue(String tool, int priority) {}

    /**
     * The columns of the floors, as a statement takes them.
     *
     * @param queues names of tools
     * @param priorities priorities
     * @param floors places
     */
    record Columns(List<String> queues, List<Integer> priorities, List<Long> floors) {}

    private Map<Queue, Long> newest = new HashMap<>();
    private Map<Queue, Long> middle = Map.of();
    private Map<Queue, Long> oldest = Map.of();
    private final Duration slowLook;
    private boolean slow;
    private long nextLook;
    private long nextTurn;
    private int turns;

    ClaimStartPoints() {
        this(SLOW);
    }

    /** With a time of its own from which on a look is slow. */
    ClaimStartPoints(Duration slowLook) {
        this.slowLook = slowLook;
    }

    /** Whether the next claim begins at the floors. */
    synchronized boolean apply(long now) {
        return slow && turns > 1 && nextLook - now > 0;
    }

    /** Where to begin in the queues of these tools. */
    synchronized Columns columns(List<String> tools) {
        List<String> queues = new ArrayList<>();
        List<Integer> priorities = new ArrayList<>();
        List<Long> floors = new ArrayList<>();
        for (String tool : tools) {
            for (int priority = 0; priority < PRIORITIES; priority++) {
                queues.add(tool);
                priorities.add(priority);
                floors.add(oldest.getOrDefault(new Queue(tool, priority), 0L));
            }
        }
        return new Columns(queues, priorities, floors);
    }

    /** Learns from a claim that began at the floors. */
    synchronized void followed(List<ClaimedJob> jobs, long now) {
        note(jobs);
        turn(now);
    }

    /**
     * Learns from a claim that looked from the front.
     *
     * @param offer what it looked for
     * @param jobs what it found, in order
     * @param took how long it took
     * @param now when it ended, in nanoseconds
     */
    synchronized void looked(Offer offer, Claimed jobs, Duration took, long now) {
        if (took.toNanos() < slowLook.toNanos() * (JOBS_PER_SLOW + jobs.size()) / JOBS_PER_SLOW) {
            forget();
            return;
        }
        slow = true;
        nextLook = now + Math.max(LOOK_NANOS, took.toNanos() * SHARE);
        long furthest =
                newest.values().stream().mapToLong(Long::longValue).max().orElse(0);
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
        newest = new HashMap<>();
        middle = Map.of();
        oldest = Map.of();
    }

    private void note(List<ClaimedJob> jobs) {
        for (ClaimedJob job : jobs) {
            newest.merge(queue(job), job.place().number(), Math::max);
        }
    }

    /** Jobs were found before the floor, or went back there. Others of that queue may follow. */
    synchronized void lower(List<ClaimedJob> jobs) {
        for (ClaimedJob job : jobs) {
            long number = job.place().number();
            if (number < oldest.getOrDefault(queue(job), 0L)) {
                oldest = lowered(oldest, job);
                middle = lowered(middle, job);
                newest.merge(queue(job), number, Math::min);
            }
        }
    }

    private static Map<Queue, Long> lowered(Map<Queue, Long> floors, ClaimedJob job) {
        Map<Queue, Long> changed = new HashMap<>(floors);
        changed.merge(queue(job), job.place().number(), Math::min);
        return changed;
    }

    // Queues that were looked through in vain have nothing before the places that others have reached.
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
                    newest.merge(new Queue(tool, priority), furthest, Math::max);
                }
            }
        }
    }

    private void turn(long now) {
        if (turns > 0 && nextTurn - now > 0) {
            return;
        }
        oldest = middle;
        middle = Map.copyOf(newest);
        nextTurn = now + LAG_NANOS;
        turns++;
    }

    private static Queue queue(ClaimedJob job) {
        QueuePosition place = job.place();
        return new Queue(job.tool(), place.priority());
    }
}
