package io.longhaul.jobs.sql;

import io.longhaul.jobs.Lease;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The leases of nodes: one row each, on which the leases of all jobs of a node stand. */
public interface NodeLeases {
    /**
     * Registers a run of a node.
     *
     * @param name for people; need not be unique
     * @param version of the program
     * @param leaseMillis how long the lease lasts unless renewed
     * @return the id of this run, never used before
     */
    @SqlQuery("""
            INSERT INTO nodes (name, version, lease_until)
            VALUES (:name, :version, NOW() + make_interval(secs => :leaseMillis / 1000.0))
            RETURNING id
            """)
    long register(@Bind("name") String name, @Bind("version") String version, @Bind("leaseMillis") long leaseMillis);

    /**
     * Renews a node's lease, and with it the leases of all its jobs.
     *
     * @param nodeId the node's run
     * @param leaseMillis from now
     * @return how many other nodes live; nothing when this one was given up for dead: it must stop its work and
     *     register anew
     */
    @SqlQuery("""
            UPDATE nodes
            SET lease_until = NOW() + make_interval(secs => :leaseMillis / 1000.0)
            WHERE id = :nodeId
            RETURNING (SELECT count(*) FROM nodes others WHERE others.id <> :nodeId AND others.lease_until > NOW())
            """)
    Optional<Integer> renew(@Bind("nodeId") long nodeId, @Bind("leaseMillis") long leaseMillis);

    /**
     * Tells which tools a node has.
     *
     * @param nodeId the node's run
     * @param tools their names
     * @return 1, or 0 when nothing changed
     */
    @SqlUpdate("""
            UPDATE nodes
            SET tools = :tools::text[]
            WHERE id = :nodeId AND tools IS DISTINCT FROM :tools::text[]
            """)
    int has(@Bind("nodeId") long nodeId, @Bind("tools") String[] tools);

    /**
     * Takes a node off that stops, once it holds no job.
     *
     * @param nodeId the node's run
     * @return 1, or 0 when it still holds jobs or was gone
     */
    @SqlUpdate("""
            DELETE FROM nodes
            WHERE id = :nodeId AND NOT EXISTS (SELECT FROM job_leases WHERE node_id = :nodeId)
            """)
    int leave(@Bind("nodeId") long nodeId);

    /**
     * Forgets nodes whose lease has lapsed and whose jobs are all rescued.
     *
     * @return how many
     */
    @SqlUpdate("""
            DELETE FROM nodes n
            WHERE n.lease_until < NOW() AND NOT EXISTS (SELECT FROM job_leases l WHERE l.node_id = n.id)
            """)
    int forgetDead();

    /**
     * Of the leases a node believes it holds, those that are gone: cancelled, rescued or expired.
     *
     * @param ids jobs
     * @param attempts their attempts
     * @param nodes the runs of this node that leased them
     * @return those whose work is to be stopped; the job may have a newer lease
     */
    @SqlQuery("""
            SELECT d.id AS job_id, d.attempt, d.node AS node_id
            FROM unnest(:ids::uuid[], :attempts::int[], :nodes::bigint[]) AS d (id, attempt, node)
            WHERE NOT EXISTS (
                SELECT
                FROM job_leases l JOIN jobs j ON j.id = l.job_id AND j.status::text IN ('pending', 'running')
                WHERE l.job_id = d.id AND l.attempt = d.attempt AND l.node_id = d.node
                OFFSET 0)
            """)
    @RegisterConstructorMapper(Lease.class)
    List<Lease> lost(@Bind("ids") UUID[] ids, @Bind("attempts") Integer[] attempts, @Bind("nodes") Long[] nodes);

    /**
     * Of jobs whose leases are gone, those that somebody cancelled.
     *
     * @param ids jobs
     * @return the others were given to another node, or have ended
     */
    @SqlQuery("""
            SELECT id
            FROM jobs
            WHERE id = ANY (:ids::uuid[]) AND status::text = 'cancelled'
            """)
    List<UUID> cancelled(@Bind("ids") UUID[] ids);

    /**
     * The leases of a node that are no longer new.
     *
     * @param nodeId the node's run
     * @return what the node should know of; one it does not know of comes from a claim whose answer was lost
     */
    @SqlQuery("""
            SELECT job_id, attempt, node_id
            FROM job_leases
            WHERE node_id = :nodeId AND leased_at < NOW() - INTERVAL '5 s'
            """)
    @RegisterConstructorMapper(Lease.class)
    List<Lease> held(@Bind("nodeId") long nodeId);

    /**
     * Whether there may be something to rescue.
     *
     * @return whether the lease of some node has lapsed
     */
    @SqlQuery("SELECT EXISTS (SELECT FROM nodes WHERE lease_until < NOW())")
    boolean anyLapsed();

    /**
     * Removes leases on jobs that have ended or are gone. No way is known to make one that lasts; this keeps an
     * unknown way from doing harm.
     *
     * @return how many
     */
    @SqlUpdate("""
            DELETE FROM job_leases l
            WHERE l.leased_at < NOW() - INTERVAL '5 s'
              AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = l.job_id AND j.status::text IN ('pending', 'running') OFFSET 0)
            """)
    int removeIdle();

    /**
     * How long PostgreSQL has been up. After a restart nodes need one lease's time to come back before any of
     * them may be given up for dead.
     *
     * @return milliseconds
     */
    @SqlQuery("SELECT (EXTRACT(EPOCH FROM NOW() - pg_postmaster_start_time()) * 1000)::bigint")
    long serverUpMillis();
}
