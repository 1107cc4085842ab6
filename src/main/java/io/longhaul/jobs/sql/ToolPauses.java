package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** The paused tools: their jobs are not claimed. Running jobs continue, and new ones are accepted. */
public interface ToolPauses {
    /**
     * A paused tool.
     *
     * @param tool its name
     * @param pausedAt start of the pause
     * @param reason for people, or null
     */
    record Pause(String tool, Instant pausedAt, String reason) {}

    /** Pauses a tool. A paused one keeps its start, and its reason if none is given. */
    @SqlQuery("""
            INSERT INTO tool_pauses (tool_name, reason)
            VALUES (:tool, :reason)
            ON CONFLICT (tool_name) DO UPDATE
            SET reason = COALESCE(EXCLUDED.reason, tool_pauses.reason)
            RETURNING tool_name AS tool, paused_at, reason
            """)
    @RegisterConstructorMapper(Pause.class)
    Pause pause(String tool, String reason);

    /** Ends the pause of a tool, and notifies all nodes of jobs to claim. Returns nothing if it was not paused. */
    @SqlQuery("""
            WITH resumed AS (
                DELETE FROM tool_pauses
                WHERE tool_name = :tool
                RETURNING tool_name
            )
            SELECT tool_name, pg_notify('longhaul_ready', '')::text
            FROM resumed
            """)
    Optional<String> resume(String tool);

    /** All pauses, in alphabetical order of the tools. */
    @SqlQuery("SELECT tool_name AS tool, paused_at, reason FROM tool_pauses ORDER BY tool_name")
    @RegisterConstructorMapper(Pause.class)
    List<Pause> all();
}
