package io.longhaul.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.UUID;

/** An event of a stream. Kinds that this client does not know are left out. */
public sealed interface JobEvent {
    /**
     * The state of a job, first as it is, then after each change.
     *
     * @param job without params and result if they are large, or if all jobs are streamed
     */
    record State(Job job) implements JobEvent {}

    /** New progress of the job. */
    record Progressed(Job.Progress progress) implements JobEvent {}

    /** A line of the job's log; each comes once, in order. */
    record Logged(LogLine line) implements JobEvent {}

    /** The end of the stream of this job: no more will come. */
    record End(UUID jobId) implements JobEvent {}

    /** The client was away for so long that changes may have been missed: list the jobs again, then continue. */
    record Reset() implements JobEvent {}

    /** Null for a kind that is not known. */
    static JobEvent of(String kind, JsonNode data) {
        return switch (kind) {
            case "state" -> new State(Job.of(data));
            case "progress" -> new Progressed(Job.Progress.of(data));
            case "log" -> new Logged(LogLine.of(data));
            case "end" -> new End(UUID.fromString(data.path("job_id").textValue()));
            case "reset" -> new Reset();
            default -> null;
        };
    }
}
