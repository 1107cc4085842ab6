package io.longhaul.jobs.sql;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.Inputs;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobChange;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.OwnWebhook;
import io.longhaul.jobs.Progress;
import io.longhaul.jobs.QueuePosition;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Reads the rows of statements that run all the time: by hand, because that is faster than by reflection. */
public final class RowMappers {
    private RowMappers() {}

    /** The status and attempt of a job with its lease folded in: the lease of a pending row makes it a running job. */
    private record Standing(JobStatus status, int attempt, boolean leased) {
        static Standing of(ResultSet row) throws SQLException {
            JobStatus stored = JobStatus.fromLabel(row.getString("status")).orElseThrow();
            Integer leasedAttempt = row.getObject("leased_attempt", Integer.class);
            return leasedAttempt == null || stored.isFinal()
                    ? new Standing(stored, row.getInt("attempt"), false)
                    : new Standing(JobStatus.RUNNING, leasedAttempt, true);
        }
    }

    public static final class AcceptedMapper implements RowMapper<JobInserts.Accepted> {
        @Override
        public JobInserts.Accepted map(ResultSet row, StatementContext context) throws SQLException {
            return new JobInserts.Accepted(
                    row.getObject("id", UUID.class),
                    time(row, "created_at"),
                    time(row, "expires_at"),
                    row.getObject("start_within_seconds", Integer.class));
        }
    }

    public static final class ClaimedJobMapper implements RowMapper<ClaimedJob> {
        /** Null for a job that another node leased first. */
        @Override
        public ClaimedJob map(ResultSet row, StatementContext context) throws SQLException {
            UUID id = row.getObject("job_id", UUID.class);
            if (id == null) {
                return null;
            }
            Lease lease = new Lease(id, row.getInt("attempt"), row.getLong("node_id"));
            return new ClaimedJob(
                    lease,
                    row.getString("tool_name"),
                    row.getString("params"),
                    row.getString("trace_id"),
                    row.getString("trace_span"),
                    row.getInt("failures"),
                    row.getObject("max_attempts", Integer.class),
                    row.getObject("timeout_seconds", Integer.class),
                    time(row, "leased_at"),
                    seconds(row.getDouble("waited")),
                    JobExtras.Backoff.parse(row.getString("retry")),
                    row.getObject("own_max_losses", Integer.class),
                    row.getString("concurrency_key"),
                    new QueuePosition(row.getInt("priority"), row.getLong("queue_seq")));
        }
    }

    public static final class JobStateMapper implements RowMapper<JobState> {
        @Override
        public JobState map(ResultSet row, StatementContext context) throws SQLException {
            Standing standing = Standing.of(row);
            return new JobState(
                    row.getObject("id", UUID.class),
                    standing.status(),
                    standing.attempt(),
                    time(row, "run_at"),
                    row.getInt("awaits"),
                    time(row, "completed_at"),
                    inputs(row, standing.status()),
                    progress(row));
        }
    }

    public static final class JobChangeMapper implements RowMapper<JobChange> {
        @Override
        public JobChange map(ResultSet row, StatementContext context) throws SQLException {
            Standing standing = Standing.of(row);
            return new JobChange(
                    time(row, "at"),
                    row.getObject("id", UUID.class),
                    row.getString("tool_name"),
                    standing.status(),
                    standing.attempt(),
                    row.getInt("priority"),
                    row.getString("trace_id"),
                    time(row, "created_at"),
                    time(row, standing.leased() ? "leased_at" : "started_at"),
                    time(row, "completed_at"),
                    row.getString("error_code"),
                    row.getString("error_message"),
                    row.getObject("batch_id", UUID.class),
                    row.getObject("schedule_id", UUID.class),
                    row.getString("node_name"),
                    inputs(row, standing.status()).anyOpen());
        }
    }

    public static final class JobMapper implements RowMapper<Job> {
        @Override
        public Job map(ResultSet row, StatementContext context) throws SQLException {
            Standing standing = Standing.of(row);
            Job.Draft job = new Job.Draft();
            job.id = row.getObject("id", UUID.class);
            job.tool = row.getString("tool_name");
            job.status = standing.status();
            job.traceId = row.getString("trace_id");
            job.params = row.getString("params");
            job.result = row.getString("result");
            job.errorCode = row.getString("error_code");
            job.errorMessage = row.getString("error_message");
            job.failure = row.getString("failure");
            job.createdAt = time(row, "created_at");
            job.startedAt = time(row, standing.leased() ? "leased_at" : "started_at");
            job.completedAt = time(row, "completed_at");
            job.priority = row.getInt("priority");
            job.runAt = time(row, "run_at");
            job.attempt = standing.attempt();
            job.maxAttempts = row.getObject("max_attempts", Integer.class);
            job.timeoutSeconds = row.getObject("timeout_seconds", Integer.class);
            job.progress = progress(row);
            job.extras = extras(row);
            job.awaits = row.getInt("awaits");
            job.node = row.getString("node_name");
            job.toolVersion = row.getString("tool_version");
            job.inputs = inputs(row, job.status);
            job.readAt = time(row, "read_at");
            lifetime(job, row);
            return job.job();
        }

        private static void lifetime(Job.Draft job, ResultSet row) throws SQLException {
            Instant stored = time(row, "expires_at");
            Integer ttl = row.getObject("ttl_seconds", Integer.class);
            job.expiresAt = job.status.isFinal() || ttl == null ? stored : Job.keptUntil(job.createdAt, job.runAt, ttl);
            if (job.status == JobStatus.PENDING && job.attempt == 0 && job.awaits == 0) {
                job.startBy = job.extras.startWithinSeconds() == null ? null : stored;
            }
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
                    row.getString("principal"),
                    row.getObject("start_within_seconds", Integer.class),
                    // Only those need it who work on the job, and they have it of the claim.
                    null);
        }
    }

    static Inputs inputs(ResultSet row, JobStatus status) throws SQLException {
        int asked = row.getInt("asked");
        return asked == 0 ? Inputs.NONE : new Inputs(asked, status.isFinal() ? 0 : row.getInt("open"));
    }

    static Progress progress(ResultSet row) throws SQLException {
        Instant updatedAt = time(row, "updated_at");
        Double fraction = row.getObject("fraction", Double.class);
        return updatedAt == null ? null : new Progress(fraction, row.getString("message"), updatedAt);
    }

    private static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (Math.max(0, seconds) * 1e9));
    }

    static Instant time(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
