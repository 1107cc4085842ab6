package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Tools of which nobody may claim jobs for now. Jobs that run go on, and new ones are accepted. */
public interface ToolPauses {
    /**
     * A tool that is paused.
     *
     * @param tool its name
     * @param pausedAt since when
     * @param reason why, for people, or null
     */
    record Pause(String tool, Instant pausedAt, String reason) {}

    /**
     * Pauses a tool. One that is paused stays so since when it was, with the new reason if there is one.
     *
     * @param tool its name
     * @param reason why, or null
     * @return the pause
     */
    @SqlQuery("""
            INSERT INTO tool_pauses (tool_name, reason)
            VALUES (:tool, :reason)
            ON CONFLICT (tool_name) DO UPDATE
            SET reason = COALESCE(EXCLUDED.reason, tool_pauses.reason)
            RETURNING tool_name AS tool, paused_at, reason
            """)
    @RegisterConstructorMapper(Pause.class)
    Pause pause(@Bind("tool") String tool, @Bind("reason") String reason);

    /**
     * Ends the pause of a tool, and says on all nodes that there may be jobs to claim.
     *
     * @param tool its name
     * @return the tool, or nothing when it was not paused
     */
    @SqlQuery("""
            WITH resumed AS (
                DELETE FROM tool_pauses
                WHERE tool_name = :tool
                RETURNING tool_name
            )
            SELECT tool_name, pg_notify('longhaul_ready', '')::text
            FROM resumed
            """)
    Optional<String> resume(@Bind("tool") String tool);

    /**
     * All pauses.
     *
     * @return in alphabetical order of the tools
     */
    @SqlQuery("SELECT tool_name AS tool, paused_at, reason FROM tool_pauses ORDER BY tool_name")
    @RegisterConstructorMapper(Pause.class)
    List<Pause> all();
}
