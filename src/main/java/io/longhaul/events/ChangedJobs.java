package io.longhaul.events;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/** Gathers the jobs that this node has changed, until one look at all of them together. */
public final class ChangedJobs {
    private final Consumer<Collection<UUID>> look;
    private final Set<UUID> gathered = new LinkedHashSet<>();

    public ChangedJobs(Consumer<Collection<UUID>> look) {
        this.look = look;
    }

    public synchronized void add(Collection<UUID> jobs) {
        gathered.addAll(jobs);
    }

    /** Looks at all gathered jobs and forgets them even if the look fails: a poll looks at all awaited jobs anyway. */
    public void look() {
        List<UUID> jobs = take();
        if (!jobs.isEmpty()) {
            look.accept(jobs);
        }
    }

    private synchronized List<UUID> take() {
        List<UUID> jobs = new ArrayList<>(gathered);
        gathered.clear();
        return jobs;
    }
}
