package io.longhaul.jobs.sql;

import io.longhaul.jobs.JobState;
import io.longhaul.jobs.JobStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Folds what changes of a job's row, its lease and its progress into a {@link JobState}. */
public final class JobStateMapper implements RowMapper<JobState> {
    @Override
    public JobState map(ResultSet row, StatementContext context) throws SQLException {
        JobStatus stored = JobStatus.fromLabel(row.getString("status")).orElseThrow();
        Integer leasedAttempt = row.getObject("leased_attempt", Integer.class);
        boolean leased = leasedAttempt != null && !stored.isFinal();
        return new JobState(
                row.getObject("id", UUID.class),
                leased ? JobStatus.RUNNING : stored,
                leased ? leasedAttempt : row.getInt("attempt"),
                JobMapper.time(row, "run_at"),
                row.getInt("awaits"),
                JobMapper.time(row, "completed_at"),
                JobMapper.progress(row));
    }
}
