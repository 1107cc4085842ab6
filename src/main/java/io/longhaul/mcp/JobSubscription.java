package io.longhaul.mcp;

import io.longhaul.events.JobFollower;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;

/** A subscription of a stream to the changes of a job. */
final class JobSubscription implements JobFollower {
    private final UUID job;
    private final Subscriber subscriber;
    private final Function<JobState, Object> part;
    private final Consumer<JobSubscription> changed;
    private long line;
    private volatile Object last;
    private volatile boolean busy;
    private volatile boolean ends;
    private volatile boolean over;

    /**
     * Watches a job.
     *
     * @param withLog counts a new log line as a change
     * @param part the part of the state that counts
     * @param changed called for each change, on a thread that must not block; calls {@link #done} afterwards
     */
    JobSubscription(
            UUID job,
            Subscriber subscriber,
            boolean withLog,
            Function<JobState, Object> part,
            Consumer<JobSubscription> changed) {
        this.job = job;
        this.subscriber = subscriber;
        this.part = part;
        this.changed = changed;
        this.line = withLog ? 0 : NO_LINES;
    }

    @Override
    public UUID job() {
        return job;
    }

    @Override
    public boolean isReady() {
        return !busy && !over && subscriber.isIdle();
    }

    @Override
    public long after() {
        return line;
    }

    @Override
    public boolean wantsJob(JobState state) {
        return false;
    }

    @Override
    public void tell(JobState state, Job whole, List<LogLine> lines, boolean more) {
        if (!isReady()) {
            return;
        }
        if (!lines.isEmpty()) {
            line = lines.get(lines.size() - 1).lineNo();
        }
        // The first state counts as a change, because the job may have changed since the client subscribed.
        Object now = state == null ? null : part.apply(state);
        boolean changes = now == null || !now.equals(last) || !lines.isEmpty();
        last = now;
        ends = isFinal(state);
        if (changes) {
            busy = true;
            tellChange();
        } else {
            over = ends;
        }
    }

    private void tellChange() {
        try {
            changed.accept(this);
        } catch (RuntimeException | Error e) {
            // No thread is left, say. The next look tells it.
            done(false);
            throw e;
        }
    }

    private static boolean isFinal(JobState state) {
        return state == null || state.status().isFinal();
    }

    /**
     * Must be called when the last change has been sent, or could not be; no other is reported before.
     *
     * @param told false reports it again
     */
    void done(boolean told) {
        if (told) {
            over = ends;
        } else {
            last = null;
        }
        busy = false;
    }
}
