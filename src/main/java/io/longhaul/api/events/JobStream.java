package io.longhaul.api.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.api.jobs.JobLog;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.events.JobFollower;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import io.longhaul.streams.EventStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * The stream of one job: {@code state} when its status changes, {@code progress}, {@code log} for each line, and {@code end}
 * at its end. A final state is sent after all lines that were stored before it.
 */
final class JobStream implements JobFollower {
    /** The last lines of a stopped tool may be stored a moment after its job's end. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final UUID job;
    private final EventStream stream;
    private final ObjectMapper json;
    private JobEventId position;
    private JobState last;
    private long endSeenNanos;

    JobStream(UUID job, JobEventId position, EventStream stream, ObjectMapper json) {
        this.job = job;
        this.position = position;
        this.stream = stream;
        this.json = json;
    }

    @Override
    public UUID job() {
        return job;
    }

    @Override
    public boolean isReady() {
        return stream.isIdle();
    }

    @Override
    public long after() {
        return position.line();
    }

    @Override
    public boolean wantsJob(JobState state) {
        return !state.standsAs(last) && !position.isEndOf(state);
    }

    @Override
    public void tell(JobState state, Job whole, List<LogLine> lines, boolean more) {
        if (state == null) {
            finish();
            return;
        }
        boolean over = state.status().isFinal();
        if (!over) {
            tellState(state, whole);
        }
        lines.forEach(this::tellLine);
        tellProgress(state);
        if (over && !more) {
            tellState(state, whole);
            endOnceSilent(lines.isEmpty());
        }
    }

    private void tellState(JobState state, Job whole) {
        if (whole != null) {
            position = position.at(state);
            send("state", JobRepresentation.inList(whole));
            last = state;
        }
    }

    private void tellLine(LogLine line) {
        position = position.after(line.lineNo());
        send("log", JobLog.Line.of(line));
    }

    private void tellProgress(JobState state) {
        if (state.progress() != null && last != null && !Objects.equals(state.progress(), last.progress())) {
            send("progress", JobRepresentation.ProgressRepresentation.of(state.progress()));
            last = last.with(state.progress());
        }
    }

    private void endOnceSilent(boolean silent) {
        long now = System.nanoTime();
        if (endSeenNanos == 0) {
            endSeenNanos = now;
        } else if (silent && now - endSeenNanos > LAST_WORDS.toNanos()) {
            finish();
        }
    }

    private void finish() {
        send("end", new End(job));
        stream.end();
    }

    /**
     * Data of the last event.
     *
     * @param jobId the job that has ended
     */
    record End(
            @com.fasterxml.jackson.annotation.JsonProperty("job_id")
            UUID jobId) {}

    /** One look at the job brings what it brings: the next comes when all of that is written. */
    private void send(String name, Object data) {
        try {
            stream.offerBounded(EventStream.event(position.text(), name, json.writeValueAsString(data)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Our own records are always JSON", e);
        }
    }
}
