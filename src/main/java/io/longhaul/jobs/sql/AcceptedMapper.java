package io.longhaul.jobs.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.StatementContext;

/** Reads what an accepted job gets of the database; by hand, because each submit does. */
public final class AcceptedMapper implements RowMapper<JobTransitions.Accepted> {
    @Override
    public JobTransitions.Accepted map(ResultSet row, StatementContext context) throws SQLException {
        return new JobTransitions.Accepted(
                row.getObject("id", UUID.class),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("expires_at", OffsetDateTime.class).toInstant());
    }
}
