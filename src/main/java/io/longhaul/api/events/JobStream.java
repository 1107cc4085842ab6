package io.longhaul.api.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.api.http.EventStream;
import io.longhaul.api.jobs.JobLog;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.events.JobFollower;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * One job as a stream of events: {@code state} when it stands otherwise, {@code progress}, {@code log} for each line, and
 * {@code end} after its last word. A final state comes after all lines that were there before it.
 */
final class JobStream implements JobFollower {
    /** A tool that was stopped may have its last lines stored a moment after the end of its job. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(1);

    private final UUID job;
    private final EventStream stream;
    private final ObjectMapper json;
    private JobEventId told;
    private JobState last;
    private long endSeenNanos;

    JobStream(UUID job, JobEventId told, EventStream stream, ObjectMapper json) {
        this.job = job;
        this.told = told;
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
        return told.line();
    }

    @Override
    public boolean wantsJob(JobState state) {
        return !state.standsAs(last) && !told.isEndOf(state);
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
            told = told.at(state);
            send("state", JobRepresentation.inList(whole));
            last = state;
        }
    }

    private void tellLine(LogLine line) {
        told = told.after(line.lineNo());
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
     * What the last event says.
     *
     * @param jobId the job that has ended
     */
    record End(
            @com.fasterxml.jackson.annotation.JsonProperty("job_id")
            UUID jobId) {}

    private void send(String name, Object data) {
        try {
            stream.offer(EventStream.event(told.text(), name, json.writeValueAsString(data)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Our own records are always JSON", e);
        }
    }
}
