package io.longhaul.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.files.JobFile;
import io.longhaul.jobs.Job;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.Rpc;
import java.time.Instant;
import java.util.List;

/** A job as JSON for models, with the names of members that the HTTP API uses. */
final class JobSummary {
    private JobSummary() {}

    static ObjectNode of(Job job, List<JobFile> files) {
        ObjectNode summary = Rpc.object()
                .put("job_id", job.id().toString())
                .put("tool", job.tool())
                .put("status", job.status().label())
                .put("attempt", job.attempt())
                .put("trace_id", job.traceId());
        summary.set("params", Json.parse(job.params()));
        put(summary, "created_at", job.createdAt());
        put(summary, "started_at", job.startedAt());
        put(summary, "completed_at", job.completedAt());
        put(summary, "expires_at", job.expiresAt());
        if (job.progress() != null) {
            ObjectNode progress =
                    summary.putObject("progress").put("message", job.progress().message());
            progress.put("fraction", job.progress().fraction());
        }
        if (job.errorCode() != null) {
            summary.put("error_code", job.errorCode()).put("error", job.errorMessage());
        }
        if (job.waiting() != null) {
            summary.putObject("waiting")
                    .put("reason", job.waiting().reason().name())
                    .put("message", job.waiting().message());
        }
        if (job.inputs().anyOpen()) {
            summary.put("waiting_for_input", true);
        }
        files.forEach(file -> summary.withArrayProperty("files").add(JobUri.ofFile(job.id(), file.place())));
        return summary;
    }

    private static void put(ObjectNode summary, String name, Instant time) {
        if (time != null) {
            summary.put(name, time.toString());
        }
    }
}
