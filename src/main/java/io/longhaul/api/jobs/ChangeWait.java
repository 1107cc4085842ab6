package io.longhaul.api.jobs;

import io.longhaul.events.JobFollower;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/** Waits until a job stands otherwise than was seen. */
public final class ChangeWait implements JobFollower {
    private final JobState seen;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    public ChangeWait(JobState seen) {
        this.seen = seen;
    }

    public CompletableFuture<Void> done() {
        return done;
    }

    @Override
    public UUID job() {
        return seen.id();
    }

    @Override
    public boolean isReady() {
        return true;
    }

    @Override
    public long after() {
        return NO_LINES;
    }

    @Override
    public boolean wantsJob(JobState state) {
        return false;
    }

    @Override
    public void tell(JobState state, Job job, List<LogLine> lines, boolean more) {
        if (!seen.equals(state)) {
            done.complete(null);
        }
    }
}
