package io.longhaul.events;

import io.longhaul.jobs.sql.JobQueries;
import io.longhaul.loops.PollingLoop;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jdbi.v3.core.Jdbi;

/**
 * Lets callers wait for the end of jobs. A loop looks soon at jobs that this node has changed, and at those that somebody
 * begins to wait for; {@link EndPoll} looks at all others.
 */
public final class JobEnds extends Ends {
    /** Jobs in one statement: those that have ended are reported before the others are looked at. */
    private static final int AT_ONCE = 500;

    /** Up to this many are looked up one by one as quickly as the ends of the last second are read. */
    private static final int FEW = 50;

    /** The loop looks only when it is asked to. */
    private static final Duration NEVER = Duration.ofDays(1);

    private final Jdbi jdbi;
    private final Set<UUID> changed = new LinkedHashSet<>();
    private final PollingLoop loop = new PollingLoop("ends-here", this::lookAtChanged, Duration.ZERO, NEVER);

    public JobEnds(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public void start() {
        loop.start();
    }

    public void stop() {
        loop.stop();
    }

    @Override
    public CompletableFuture<Void> whenEnded(UUID job) {
        CompletableFuture<Void> end = super.whenEnded(job);
        // It may have ended before the wait began: then no signal comes.
        lookSoonAt(List.of(job));
        return end;
    }

    /** Called with jobs that this node changed. */
    public void changed(Collection<UUID> jobs) {
        // A caller that begins to wait from now on has its job looked at.
        if (isAwaited()) {
            lookSoonAt(jobs);
        }
    }

    /** Thousands may come at once: they are looked at together. */
    private void lookSoonAt(Collection<UUID> jobs) {
        synchronized (changed) {
            changed.addAll(jobs);
        }
        loop.lookSoon();
    }

    /** Asks the database which of all awaited jobs have ended. */
    public void lookAgain() {
        look(List.copyOf(awaited()));
    }

    /**
     * Asks the database which of the awaited jobs have just ended: at less cost than {@link #lookAgain} where many are
     * awaited. It may miss one that took long to be committed.
     *
     * @param within the age up to which an end is found
     */
    void lookForNew(Duration within) {
        if (awaited().size() <= FEW) {
            lookAgain();
        } else {
            ended(jdbi.withExtension(JobQueries.class, q -> q.endedWithin(within.toMillis())));
        }
    }

    /** The changed jobs are forgotten even if this fails: a poll looks at all awaited jobs anyway. */
    private void lookAtChanged() {
        List<UUID> ids;
        synchronized (changed) {
            ids = List.copyOf(changed);
            changed.clear();
        }
        // Those that nobody awaits cost nothing.
        look(ids.stream().filter(awaited()::contains).toList());
    }

    private void look(List<UUID> ids) {
        for (int i = 0; i < ids.size(); i += AT_ONCE) {
            UUID[] part = ids.subList(i, Math.min(i + AT_ONCE, ids.size())).toArray(UUID[]::new);
            ended(jdbi.withExtension(JobQueries.class, q -> q.ended(part)));
        }
    }
}
