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

/** Reads single jobs for all their followers on this node together: a few statements, however many there are. */
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
    private final Set<JobFollower> followers = ConcurrentHashMap.newKeySet();
    private final PollingLoop loop = new PollingLoop("job-watch", this::look, REST, POLL);

    public JobStates(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public void start() {
        loop.start();
    }

    public void stop() {
        loop.stop();
    }

    /** Adds a follower; it hears of its job's state at once. */
    public void add(JobFollower follower) {
        followers.add(follower);
        loop.lookSoon();
    }

    /** Removes a follower, which may be called once more. */
    public void remove(JobFollower follower) {
        followers.remove(follower);
    }

    /** Looks soon, because jobs may have changed. */
    public void lookSoon() {
        if (!followers.isEmpty()) {
            loop.lookSoon();
        }
    }

    /** Looks soon if any of these jobs is followed. */
    public void changed(Collection<UUID> jobs) {
        if (!followers.isEmpty() && followers.stream().anyMatch(follower -> jobs.contains(follower.job()))) {
            loop.lookSoon();
        }
    }

    private void look() {
        List<JobFollower> ready =
                followers.stream().filter(JobFollower::isReady).toList();
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
        for (JobFollower follower : some) {
            List<LogLine> own = lines.getOrDefault(follower, List.of());
            Job job = jobs.get(follower.job());
            // The job was read later than the state, so it is newer.
            follower.tell(job == null ? states.get(follower.job()) : JobState.of(job), job, own, own.size() == LINES);
            behind |= own.size() == LINES;
        }
        if (behind) {
            loop.lookSoon();
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
