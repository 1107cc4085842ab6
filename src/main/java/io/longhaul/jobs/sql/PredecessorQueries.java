package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.QueryTimeOut;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Reads which jobs run after which. */
public interface PredecessorQueries {
    /** The ways to and from some jobs, in an order of their own; at most so many in each direction. */
    @SqlQuery("""
            (SELECT p.job_id, p.after_id
             FROM job_predecessors p
             WHERE p.job_id = ANY (:ids::uuid[])
             ORDER BY p.job_id, p.after_id
             LIMIT :limit)
            UNION
            (SELECT p.job_id, p.after_id
             FROM job_predecessors p
             WHERE p.after_id = ANY (:ids::uuid[])
             ORDER BY p.after_id, p.job_id
             LIMIT :limit)
            """)
    @QueryTimeOut(2)
    @RegisterConstructorMapper(Link.class)
    List<Link> links(UUID[] ids, int limit);

    /**
     * One job runs after another one.
     *
     * @param jobId the job
     * @param afterId the job before it
     */
    record Link(UUID jobId, UUID afterId) {}

    /** Those of these jobs that are still kept. */
    // A lease makes a pending row a running job.
    @SqlQuery("""
            SELECT j.id, j.tool_name AS tool, j.created_at, j.principal,
                   CASE WHEN j.status = 'pending' AND EXISTS (SELECT FROM job_leases l WHERE l.job_id = j.id OFFSET 0)
                        THEN 'running' ELSE j.status::text END AS status
            FROM jobs j
            WHERE j.id = ANY (:ids::uuid[])
            """)
    @QueryTimeOut(2)
    @RegisterConstructorMapper(Member.class)
    List<Member> members(UUID[] ids);

    /**
     * A job of a chain.
     *
     * @param id the job
     * @param tool its tool
     * @param createdAt when it was submitted
     * @param principal who submitted it, or null
     * @param status label of its status
     */
    record Member(UUID id, String tool, Instant createdAt, String principal, String status) {
        /** True if this principal submitted it. */
        public boolean isOf(String name) {
            return name != null && name.equals(principal);
        }
    }
}
