package io.longhaul.jobs.sql;

import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.OwnWebhook;
import io.longhaul.jobs.Progress;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Folds a job's row, its lease and its progress into a {@link Job}. */
public final class JobMapper implements RowMapper<Job> {
    @Override
    public Job map(ResultSet row, StatementContext context) throws SQLException {
        JobStatus stored = JobStatus.fromLabel(row.getString("status")).orElseThrow();
        Integer leasedAttempt = row.getObject("leased_attempt", Integer.class);
        boolean leased = leasedAttempt != null && !stored.isFinal();
        Job.Draft job = new Job.Draft();
        job.id = row.getObject("id", UUID.class);
        job.tool = row.getString("tool_name");
        job.status = leased ? JobStatus.RUNNING : stored;
        job.traceId = row.getString("trace_id");
        job.params = row.getString("params");
        job.result = row.getString("result");
        job.errorCode = row.getString("error_code");
        job.errorMessage = row.getString("error_message");
        job.createdAt = time(row, "created_at");
        job.startedAt = leased ? time(row, "leased_at") : time(row, "started_at");
        job.completedAt = time(row, "completed_at");
        job.expiresAt = time(row, "expires_at");
        job.priority = row.getInt("priority");
        job.runAt = time(row, "run_at");
        job.attempt = leased ? leasedAttempt : row.getInt("attempt");
        job.maxAttempts = row.getObject("max_attempts", Integer.class);
        job.timeoutSeconds = row.getObject("timeout_seconds", Integer.class);
        job.progress = progress(row);
        job.extras = extras(row);
        job.awaits = row.getInt("awaits");
        job.node = row.getString("node_name");
        job.toolVersion = row.getString("tool_version");
        job.waitingFor = row.getString("waiting_for");
        job.readAt = time(row, "read_at");
        return job.job();
    }

    private static JobExtras extras(ResultSet row) throws SQLException {
        return new JobExtras(
                JobExtras.Backoff.parse(row.getString("retry")),
                row.getObject("max_losses", Integer.class),
                row.getString("concurrency_key"),
                row.getString("fairness_key"),
                row.getObject("batch_id", UUID.class),
                row.getObject("schedule_id", UUID.class),
                row.getObject("retry_of", UUID.class),
                List.of(),
                false,
                OwnWebhook.parse(row.getString("webhook")),
                row.getString("principal"));
    }

    static Progress progress(ResultSet row) throws SQLException {
        Instant updatedAt = time(row, "updated_at");
        Double fraction = row.getObject("fraction", Double.class);
        return updatedAt == null ? null : new Progress(fraction, row.getString("message"), updatedAt);
    }

    static Instant time(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
