package io.longhaul.mcp;

import io.longhaul.events.JobFollower;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** Says that a job has changed, on a stream that takes it. */
final class JobSubscription implements JobFollower {
    private final UUID job;
    private final Subscriber subscriber;
    private final Consumer<JobSubscription> changed;
    private long line;
    private JobState last;
    private volatile boolean busy;
    private volatile boolean over;

    /**
     * Watches a job.
     *
     * @param withLog whether a new line of its log is a change
     * @param changed told on a thread that must not wait; says {@link #done} when it has told others
     */
    JobSubscription(UUID job, Subscriber subscriber, boolean withLog, Consumer<JobSubscription> changed) {
        this.job = job;
        this.subscriber = subscriber;
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
        // How it stands at first is news, too: it may have changed since somebody asked to be told.
        boolean changes = state == null || !state.equals(last) || !lines.isEmpty();
        last = state;
        if (changes) {
            busy = true;
            changed.accept(this);
        }
        over = !busy && isFinal(state);
    }

    private static boolean isFinal(JobState state) {
        return state == null || state.status().isFinal();
    }

    /** The last change has been told. */
    void done() {
        busy = false;
    }
}
