package io.longhaul.jobs.sql;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.Lease;
import io.longhaul.jobs.QueuePosition;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Reads what {@link Claims} answers; by hand, because this is the busiest read there is. */
public final class ClaimedJobMapper implements RowMapper<ClaimedJob> {
    /** Null for a job that another node was faster to lease. */
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
                row.getInt("failures"),
                row.getObject("max_attempts", Integer.class),
                row.getObject("timeout_seconds", Integer.class),
                row.getObject("leased_at", OffsetDateTime.class).toInstant(),
                JobExtras.Backoff.parse(row.getString("retry")),
                row.getString("concurrency_key"),
                new QueuePosition(row.getInt("priority"), row.getLong("queue_seq")));
    }
}
