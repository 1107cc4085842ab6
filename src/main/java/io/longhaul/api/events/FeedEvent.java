package io.longhaul.api.events;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.Times;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.jobs.JobChange;
import io.longhaul.streams.EventStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** A change of a job, as it is sent to all followers. */
public final class FeedEvent {
    private static final Pattern ID = Pattern.compile("[0-9]{10,17}");

    private final JobChange change;
    private final byte[] bytes;

    private FeedEvent(JobChange change, byte[] bytes) {
        this.change = change;
        this.bytes = bytes;
    }

    /**
     * The main members of a job. Times are ISO-8601 with offset.
     *
     * @param jobId its id
     * @param tool name of its tool
     * @param status its status
     * @param attempt number of attempts that have begun
     * @param priority 0 to 10, 10 first
     * @param createdAt time of its submit
     * @param startedAt start of the latest attempt, or null
     * @param completedAt its end, or null
     * @param durationMs duration of the last attempt, or null
     * @param error its error, or null
     * @param errorCode code of its error, or null
     * @param traceId trace of its submit
     * @param batchId its batch, or null
     * @param scheduleId the schedule that made it, or null
     * @param node the node that runs it or ran it last, or null
     * @param waitingForInput whether its tool has asked something that nobody has answered
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record Summary(
            UUID jobId,
            String tool,

            @Shape(values = {"pending", "running", "completed", "failed", "cancelled"})
            String status,

            int attempt,
            int priority,
            String createdAt,
            String startedAt,
            String completedAt,
            Long durationMs,
            String error,
            String errorCode,
            String traceId,
            UUID batchId,
            UUID scheduleId,
            String node,
            boolean waitingForInput) {
        static Summary of(JobChange c) {
            boolean failed = c.endedByError();
            return new Summary(
                    c.id(),
                    c.tool(),
                    c.status().label(),
                    c.attempt(),
                    c.priority(),
                    Times.iso(c.createdAt()),
                    Times.iso(c.startedAt()),
                    Times.iso(c.completedAt()),
                    JobRepresentation.millis(c.duration()),
                    failed ? c.errorMessage() : null,
                    failed ? c.errorCode() : null,
                    c.traceId(),
                    c.batchId(),
                    c.scheduleId(),
                    c.node(),
                    c.waitingForInput());
        }
    }

    /**
     * Makes an event.
     *
     * @param json writes the content
     * @param change its content
     * @param position position in the feed after it
     * @return the event
     */
    public static FeedEvent of(ObjectMapper json, JobChange change, Instant position) {
        try {
            String data = json.writeValueAsString(Summary.of(change));
            return new FeedEvent(change, EventStream.event(id(position), "state", data));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("Our own records are always JSON", e);
        }
    }

    /** What happened. */
    public JobChange change() {
        return change;
    }

    byte[] bytes() {
        return bytes;
    }

    /** The id of an event: a time in the feed, as microseconds since 1970. */
    static String id(Instant position) {
        return Long.toString(ChronoUnit.MICROS.between(Instant.EPOCH, position));
    }

    /** The time that an id stands for; nothing if no event of the feed has such an id. */
    static Optional<Instant> position(String id) {
        return ID.matcher(id).matches()
                ? Optional.of(Instant.EPOCH.plus(Long.parseLong(id), ChronoUnit.MICROS))
                : Optional.empty();
    }
}
