package io.longhaul.jobs.sql;

import io.longhaul.jobs.JobChange;
import io.longhaul.jobs.JobStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Folds a row of a job that has changed and its lease into a {@link JobChange}. */
public final class JobChangeMapper implements RowMapper<JobChange> {
    @Override
    public JobChange map(ResultSet row, StatementContext context) throws SQLException {
        JobStatus stored = JobStatus.fromLabel(row.getString("status")).orElseThrow();
        Integer leasedAttempt = row.getObject("leased_attempt", Integer.class);
        boolean leased = leasedAttempt != null && !stored.isFinal();
        return new JobChange(
                JobMapper.time(row, "at"),
                row.getObject("id", UUID.class),
                row.getString("tool_name"),
                leased ? JobStatus.RUNNING : stored,
                leased ? leasedAttempt : row.getInt("attempt"),
                row.getInt("priority"),
                row.getString("trace_id"),
                JobMapper.time(row, "created_at"),
                JobMapper.time(row, leased ? "leased_at" : "started_at"),
                JobMapper.time(row, "completed_at"),
                row.getString("error_code"),
                row.getString("error_message"),
                row.getObject("batch_id", UUID.class),
                row.getObject("schedule_id", UUID.class),
                row.getString("node_name"));
    }
}
