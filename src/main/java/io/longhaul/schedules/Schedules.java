package io.longhaul.schedules;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;
import org.jdbi.v3.sqlobject.transaction.Transactional;

/** The table of schedules: all reads and changes of it. */
@RegisterConstructorMapper(Schedule.class)
public interface Schedules extends Transactional<Schedules> {
    /**
     * The part of a schedule that its user sets.
     *
     * @param name unique
     * @param params JSON value as text
     * @param cron five fields
     * @param timeZone of the IANA database
     * @param misfire label
     * @param options JSON object as text
     * @param nextRunAt when it is due, ISO-8601, or null for never
     */
    record Wanted(
            String name,
            String tool,
            String params,
            String cron,
            String timeZone,
            String misfire,
            String options,
            boolean paused,
            String nextRunAt) {}

    @SqlQuery("SELECT NOW()")
    Instant now();

    /**
     * Creates a schedule.
     *
     * @param principal its owner, or null
     * @return the schedule; empty if the name is taken
     */
    @SqlQuery("""
            INSERT INTO schedules (name, tool_name, parameters, cron, time_zone, misfire, options, paused_at, next_run_at,
                                   principal)
            VALUES (:name, :tool, :params::jsonb, :cron, :timeZone, :misfire, :options::jsonb,
                    CASE WHEN :paused THEN NOW() END, :nextRunAt::timestamptz, :principal)
            ON CONFLICT ON CONSTRAINT schedules_name_key DO NOTHING
            RETURNING id, name, tool_name AS tool, parameters::text AS params, cron, time_zone, misfire, options::text AS options,
                      paused_at, next_run_at, last_run_at, last_job_id, last_error, created_at, principal, NOW() AS read_at
            """)
    Optional<Schedule> create(@BindMethods Wanted wanted, String principal);

    /**
     * Changes a schedule as a whole. A pending run is dropped when its times change.
     *
     * @param wanted its next run counts if the schedule was paused or its times change
     * @return the schedule as it is now; empty if there is none
     * @throws org.jdbi.v3.core.statement.UnableToExecuteStatementException with SQLSTATE 23505 if the name is taken
     */
    @SqlQuery("""
            UPDATE schedules
            SET name = :name, tool_name = :tool, parameters = :params::jsonb, cron = :cron, time_zone = :timeZone,
                misfire = :misfire, options = :options::jsonb,
                paused_at = CASE WHEN :paused THEN COALESCE(paused_at, NOW()) END,
                next_run_at = CASE WHEN paused_at IS NULL AND cron = :cron AND time_zone = :timeZone THEN next_run_at
                                   ELSE :nextRunAt::timestamptz END
            WHERE id = :id
            RETURNING id, name, tool_name AS tool, parameters::text AS params, cron, time_zone, misfire, options::text AS options,
                      paused_at, next_run_at, last_run_at, last_job_id, last_error, created_at, principal, NOW() AS read_at
            """)
    Optional<Schedule> change(UUID id, @BindMethods Wanted wanted);

    /**
     * Lets a schedule make no more jobs, whatever has become of its tool, its times or its options.
     *
     * @return the schedule as it is now; empty if there is none
     */
    @SqlQuery("""
            UPDATE schedules
            SET paused_at = COALESCE(paused_at, NOW())
            WHERE id = :id
            RETURNING id, name, tool_name AS tool, parameters::text AS params, cron, time_zone, misfire, options::text AS options,
                      paused_at, next_run_at, last_run_at, last_job_id, last_error, created_at, principal, NOW() AS read_at
            """)
    Optional<Schedule> pause(UUID id);

    @SqlQuery("""
            SELECT id, name, tool_name AS tool, parameters::text AS params, cron, time_zone, misfire, options::text AS options,
                   paused_at, next_run_at, last_run_at, last_job_id, last_error, created_at, principal, NOW() AS read_at
            FROM schedules
            WHERE id = :id
            """)
    Optional<Schedule> find(UUID id);

    /** The same, locked until the end of the transaction that changes it: no change between is undone. */
    @SqlQuery("""
            SELECT id, name, tool_name AS tool, parameters::text AS params, cron, time_zone, misfire, options::text AS options,
                   paused_at, next_run_at, last_run_at, last_job_id, last_error, created_at, principal, NOW() AS read_at
            FROM schedules
            WHERE id = :id
            FOR NO KEY UPDATE
            """)
    Optional<Schedule> findToChange(UUID id);

    /**
     * A page of schedules, in the order of their names.
     *
     * @param after the last name of the page before, or an empty text
     */
    @SqlQuery("""
            SELECT id, name, tool_name AS tool, parameters::text AS params, cron, time_zone, misfire, options::text AS options,
                   paused_at, next_run_at, last_run_at, last_job_id, last_error, created_at, principal, NOW() AS read_at
            FROM schedules
            WHERE name > :after
            ORDER BY name
            LIMIT :limit
            """)
    List<Schedule> page(String after, int limit);

    /** True for a schedule, and for one that was removed and whose jobs are still there. */
    @SqlQuery("""
            SELECT EXISTS (SELECT FROM schedules WHERE id = :id) OR EXISTS (SELECT FROM jobs WHERE schedule_id = :id)
            """)
    boolean hasBeen(UUID id);

    /**
     * Removes a schedule; its jobs stay.
     *
     * @return 1, or 0 if there is none
     */
    @SqlUpdate("DELETE FROM schedules WHERE id = :id")
    int delete(UUID id);

    /**
     * Locks a due schedule, in a transaction that makes its jobs and {@link #ran moves it on}: until then no other node
     * sees it as due.
     *
     * @param tools names of the tools of this node; a schedule of another tool is left to nodes that have it, for a
     *     while
     * @param unreadable schedules that are left to other nodes in the same way
     * @return the schedule that has been due longest, or empty
     */
    @SqlQuery("""
            SELECT id, name, tool_name AS tool, parameters::text AS params, cron, time_zone, misfire, options::text AS options,
                   paused_at, next_run_at, last_run_at, last_job_id, last_error, created_at, principal, NOW() AS read_at
            FROM schedules
            WHERE paused_at IS NULL AND next_run_at <= NOW()
              AND (tool_name = ANY (:tools::text[]) AND id <> ALL (:unreadable::uuid[])
                   OR next_run_at < NOW() - INTERVAL '5 s')
            ORDER BY next_run_at
            LIMIT 1
            FOR NO KEY UPDATE SKIP LOCKED
            """)
    Optional<Schedule> takeDue(String[] tools, UUID[] unreadable);

    /**
     * Moves a schedule on after it was due, unless somebody has given it another time.
     *
     * @param dueAt the time at which it was due, ISO-8601
     * @param nextRunAt when it is due again, ISO-8601, or null for never
     * @param jobId the last job it made now, or null for none
     * @param error why it made none, or which runs it left out; null without a problem
     */
    @SqlUpdate("""
            UPDATE schedules
            SET next_run_at = :nextRunAt::timestamptz, last_error = :error,
                last_run_at = CASE WHEN :jobId::uuid IS NULL THEN last_run_at ELSE NOW() END,
                last_job_id = COALESCE(:jobId::uuid, last_job_id)
            WHERE id = :id AND next_run_at = :dueAt::timestamptz
            """)
    void ran(UUID id, String dueAt, String nextRunAt, UUID jobId, String error);

    /** Records a run that a user asked for; the schedule's times stay the same. */
    @SqlUpdate("UPDATE schedules SET last_run_at = NOW(), last_job_id = :jobId WHERE id = :id")
    void ranByHand(UUID id, UUID jobId);

    /**
     * The time until a schedule is due.
     *
     * @param tools as in {@link #takeDue}
     * @param unreadable as there
     * @return milliseconds, negative if one is due now; empty if none ever is
     */
    @SqlQuery("""
            SELECT (EXTRACT(EPOCH FROM min(CASE WHEN tool_name = ANY (:tools::text[]) AND id <> ALL (:unreadable::uuid[])
                                                THEN next_run_at ELSE next_run_at + INTERVAL '5 s' END) - NOW()) * 1000)::bigint
            FROM schedules
            WHERE paused_at IS NULL AND next_run_at < NOW() + INTERVAL '1 min'
            """)
    Optional<Long> millisUntilDue(String[] tools, UUID[] unreadable);

    /** Returns true if a job has ended, or no longer exists. */
    @SqlQuery("SELECT NOT EXISTS (SELECT FROM jobs WHERE id = :job AND status::text IN ('pending', 'running'))")
    boolean hasEnded(UUID job);
}
