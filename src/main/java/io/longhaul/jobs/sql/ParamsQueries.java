package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.BindMap;
import org.jdbi.v3.sqlobject.customizer.Define;
import org.jdbi.v3.sqlobject.customizer.QueryTimeOut;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Searches jobs by what no index knows, and reads single members of their params: no list reads whole params. */
public interface ParamsQueries {
    /**
     * Looks at the first jobs of a list for those that match. Beside them it gives the last job that it looked at, unless
     * the list ends before.
     *
     * @param candidates {@link JobFilter#candidates}
     * @param matches {@link JobFilter#matches}
     * @param most number of jobs that are looked at
     * @param limit largest number of rows
     */
    @SqlQuery("""
            SELECT j.id, j.created_at, j.completed_at, j.place, COALESCE(<matches>, FALSE) AS matches
            FROM (
                SELECT j.id, j.created_at, j.completed_at, j.parameters, j.status, j.error_code, j.error_message,
                       j.trace_id, j.batch_id, j.schedule_id, j.failure, j.tool_name, j.principal, row_number() OVER (ORDER BY <order>) AS place
                FROM jobs j
                WHERE <candidates>
                ORDER BY <order>
                LIMIT :most
            ) j
            WHERE j.place = :most OR (<matches>)
            ORDER BY <order>
            LIMIT :limit
            """)
    @QueryTimeOut(5)
    @RegisterConstructorMapper(Looked.class)
    List<Looked> look(
            @Define("candidates") String candidates,
            @Define("matches") String matches,
            @Define("order") String order,
            @BindMap Map<String, Object> values,
            int most,
            int limit);

    /**
     * A job that was looked at.
     *
     * @param id the job
     * @param createdAt when it was accepted
     * @param completedAt when it ended, or null
     * @param matches whether it matches
     * @param place 1 for the first job of the list
     */
    record Looked(UUID id, Instant createdAt, Instant completedAt, boolean matches, int place) {}

    /**
     * Some members of the params of some jobs as text, and of a long text the first 201 characters. Params of more than 64
     * KiB are not looked into, because a page of them could take minutes.
     *
     * @param names members of members are named with dots
     */
    @SqlQuery("""
            SELECT j.id, p.name, left(j.parameters #>> string_to_array(p.name, '.'), 201) AS text
            FROM jobs j
            CROSS JOIN unnest(:names::text[]) AS p (name)
            WHERE j.id = ANY (:ids::uuid[]) AND pg_column_size(j.parameters) <= 65536
            """)
    @QueryTimeOut(5)
    @RegisterConstructorMapper(ParamText.class)
    List<ParamText> paramTexts(UUID[] ids, String[] names);

    /** A member of the params of a job; its text is null if the job has no such member. */
    record ParamText(UUID id, String name, String text) {}
}
