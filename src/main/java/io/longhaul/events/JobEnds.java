package io.longhaul.events;

import io.longhaul.jobs.sql.JobQueries;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;

/** Lets callers wait for the end of jobs. */
public final class JobEnds extends Ends {
    /** Jobs in one statement: those that have ended are reported before the others are looked at. */
    private static final int AT_ONCE = 500;

    /** Up to this many are looked up one by one as quickly as the ends of the last second are read. */
    private static final int FEW = 50;

    private final Jdbi jdbi;
    private final Set<UUID> changed = new LinkedHashSet<>();

    public JobEnds(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Asks the database which of all awaited jobs have ended. Called at each notification and each poll. */
    public void lookAgain() {
        look(List.copyOf(awaited()));
    }

    /**
     * Asks the database which of the awaited jobs have just ended: at less cost than {@link #lookAgain} where many are
     * awaited. It may miss one that took long to be committed.
     *
     * @param within the age up to which an end is found
     */
    public void lookForNew(Duration within) {
        if (awaited().size() <= FEW) {
            lookAgain();
        } else {
            ended(jdbi.withExtension(JobQueries.class, q -> q.endedWithin(within.toMillis())));
        }
    }

    /** Records jobs that this node has changed, until {@link #lookAtChanged} looks at all of them together. */
    public void changed(Collection<UUID> ids) {
        synchronized (changed) {
            changed.addAll(ids);
        }
    }

    /** Looks at the changed jobs. They are forgotten even if this fails: a poll looks at all awaited jobs anyway. */
    public void lookAtChanged() {
        List<UUID> ids;
        synchronized (changed) {
            ids = List.copyOf(changed);
            changed.clear();
        }
        lookAt(ids);
    }

    /** Asks the database which of these jobs have ended; those that nobody awaits cost nothing. */
    public void lookAt(Collection<UUID> ids) {
        look(ids.stream().filter(awaited()::contains).toList());
    }

    private void look(List<UUID> ids) {
        for (int i = 0; i < ids.size(); i += AT_ONCE) {
            UUID[] part = ids.subList(i, Math.min(i + AT_ONCE, ids.size())).toArray(UUID[]::new);
            ended(jdbi.withExtension(JobQueries.class, q -> q.ended(part)));
        }
    }
}
