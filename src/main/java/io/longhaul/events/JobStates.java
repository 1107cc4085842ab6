package io.longhaul.events;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobFeed;
import io.longhaul.jobs.sql.JobFeed.ReadLine;
import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import io.longhaul.loops.PollingLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** Reads for all who watch single jobs on this node together: a few statements, however many they are. */
public final class JobStates {
    /** Progress and log lines are stored about three times a second. */
    private static final Duration POLL = Duration.ofMillis(300);

    /** Enough to look live; each look costs a few look-ups for every watched job. */
    private static final Duration REST = Duration.ofMillis(50);

    private static final int STATES_AT_ONCE = 500;
    private static final int READERS_AT_ONCE = 50;

    /** Lines may have 8,000 characters: bounds what one statement brings. */
    private static final int LINES = 100;

    private final Jdbi jdbi;
    private final Set<JobFollower> watchers = ConcurrentHashMap.newKeySet();
    private final PollingLoop lookout = new PollingLoop("job-watch", this::look, REST, POLL);

    /**
     * Wires it; it looks from {@link #start} on.
     *
     * @param jdbi the database
     */
    public JobStates(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Starts to look. */
    public void start() {
        lookout.start();
    }

    /** Stops looking. */
    public void stop() {
        lookout.stop();
    }

    /**
     * Adds a watcher; it is told at once how its job stands.
     *
     * @param watcher who
     */
    public void add(JobFollower watcher) {
        watchers.add(watcher);
        lookout.lookSoon();
    }

    /**
     * Removes a watcher.
     *
     * @param watcher who; may be told once more
     */
    public void remove(JobFollower watcher) {
        watchers.remove(watcher);
    }

    /** Says that jobs may have changed. */
    public void lookSoon() {
        if (!watchers.isEmpty()) {
            lookout.lookSoon();
        }
    }

    /**
     * Says that jobs have changed.
     *
     * @param jobs which
     */
    public void changed(Collection<UUID> jobs) {
        if (!watchers.isEmpty() && watchers.stream().anyMatch(watcher -> jobs.contains(watcher.job()))) {
            lookout.lookSoon();
        }
    }

    private void look() {
        List<JobFollower> ready = watchers.stream().filter(JobFollower::isReady).toList();
        if (ready.isEmpty()) {
            return;
        }
        Map<UUID, JobState> states = states(ready);
        for (int i = 0; i < ready.size(); i += READERS_AT_ONCE) {
            tell(ready.subList(i, Math.min(i + READERS_AT_ONCE, ready.size())), states);
        }
    }

    private Map<UUID, JobState> states(List<JobFollower> ready) {
        List<UUID> ids = ready.stream().map(JobFollower::job).distinct().toList();
        Map<UUID, JobState> states = new HashMap<>();
        for (int i = 0; i < ids.size(); i += STATES_AT_ONCE) {
            UUID[] part =
                    ids.subList(i, Math.min(i + STATES_AT_ONCE, ids.size())).toArray(UUID[]::new);
            jdbi.withExtension(JobFeed.class, feed -> feed.states(part)).forEach(s -> states.put(s.id(), s));
        }
        return states;
    }

    private void tell(List<JobFollower> some, Map<UUID, JobState> states) {
        Map<UUID, Job> jobs = jobs(some.stream()
                .filter(w -> states.containsKey(w.job()) && w.wantsJob(states.get(w.job())))
                .map(JobFollower::job)
                .distinct()
                .toArray(UUID[]::new));
        Map<JobFollower, List<LogLine>> lines = lines(
                some.stream().filter(w -> w.after() != JobFollower.NO_LINES).toList());
        boolean behind = false;
        for (JobFollower watcher : some) {
            List<LogLine> own = lines.getOrDefault(watcher, List.of());
            Job job = jobs.get(watcher.job());
            // What was read later is newer.
            watcher.tell(job == null ? states.get(watcher.job()) : JobState.of(job), job, own, own.size() == LINES);
            behind |= own.size() == LINES;
        }
        if (behind) {
            lookout.lookSoon();
        }
    }

    private Map<UUID, Job> jobs(UUID[] ids) {
        if (ids.length == 0) {
            return Map.of();
        }
        return jdbi
                .withExtension(
                        JobQueries.class,
                        q -> q.page("j.id = ANY (:ids)", "j.id", Map.of("ids", ids), true, true, ids.length, 0))
                .stream()
                .collect(Collectors.toMap(Job::id, Function.identity()));
    }

    private Map<JobFollower, List<LogLine>> lines(List<JobFollower> readers) {
        Map<JobFollower, List<LogLine>> lines = new HashMap<>();
        if (!readers.isEmpty()) {
            UUID[] ids = readers.stream().map(JobFollower::job).toArray(UUID[]::new);
            Long[] afters = readers.stream().map(JobFollower::after).toArray(Long[]::new);
            for (ReadLine line : jdbi.withExtension(JobFeed.class, feed -> feed.lines(ids, afters, LINES))) {
                lines.computeIfAbsent(readers.get(line.place()), w -> new ArrayList<>())
                        .add(line.asLogLine());
            }
        }
        return lines;
    }
}
