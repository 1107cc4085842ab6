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
        return new Job(
                row.getObject("id", UUID.class),
                row.getString("tool_name"),
                leased ? JobStatus.RUNNING : stored,
                row.getString("trace_id"),
                row.getString("params"),
                row.getString("result"),
                row.getString("error_code"),
                row.getString("error_message"),
                time(row, "created_at"),
                leased ? time(row, "leased_at") : time(row, "started_at"),
                time(row, "completed_at"),
                time(row, "expires_at"),
                row.getInt("priority"),
                time(row, "run_at"),
                leased ? leasedAttempt : row.getInt("attempt"),
                row.getObject("max_attempts", Integer.class),
                row.getObject("timeout_seconds", Integer.class),
                progress(row),
                extras(row),
                row.getInt("awaits"),
                row.getString("node_name"),
                row.getString("tool_version"),
                row.getString("waiting_for"),
                time(row, "read_at"));
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
