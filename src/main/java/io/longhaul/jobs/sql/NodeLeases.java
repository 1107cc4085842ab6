package io.longhaul.jobs.sql;

import io.longhaul.jobs.Lease;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.customizer.BindMethods;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/** The leases of nodes: one row each, on which the leases of all jobs of the node depend. */
public interface NodeLeases {
    /**
     * A run of a node. Ids begin at 1 again after the schema was rolled back or dropped and made anew: then another run
     * may have the same id, but not the same start.
     */
    record Run(long id, OffsetDateTime startedAt) {}

    /**
     * Registers a run of a node.
     *
     * @param name for people; need not be unique
     */
    @SqlQuery("""
            INSERT INTO nodes (name, version, lease_until, renewed_at)
            VALUES (:name, :version, NOW() + make_interval(secs => :leaseMillis / 1000.0), NOW())
            RETURNING id, started_at
            """)
    @RegisterConstructorMapper(Run.class)
    Run register(String name, String version, long leaseMillis);

    /**
     * Renews a node's lease, and with it the leases of all its jobs. Returns the number of other live nodes, or
     * nothing if this node was declared dead: it must stop its work and register anew.
     */
    @SqlQuery("""
            UPDATE nodes
            SET lease_until = NOW() + make_interval(secs => :leaseMillis / 1000.0), renewed_at = NOW()
            WHERE id = :id AND started_at = :startedAt
            RETURNING (SELECT count(*) FROM nodes others WHERE others.id <> :id AND others.lease_until > NOW())
            """)
    Optional<Integer> renew(@BindMethods Run run, long leaseMillis);

    /**
     * Stores the names of a node's tools, and how many jobs it runs at once, if they changed.
     *
     * @param slots 0 for a node that drains
     */
    @SqlUpdate("""
            UPDATE nodes
            SET tools = :tools::text[], slots = :slots
            WHERE id = :id AND started_at = :startedAt AND (tools, slots) IS DISTINCT FROM (:tools::text[], :slots::int)
            """)
    int has(@BindMethods Run run, String[] tools, int slots);

    /** Removes a stopped node that holds no job. Returns 0 if it still holds jobs or is already gone. */
    @SqlUpdate("""
            DELETE FROM nodes
            WHERE id = :id AND started_at = :startedAt AND NOT EXISTS (SELECT FROM job_leases WHERE node_id = :id)
            """)
    int leave(@BindMethods Run run);

    /** Removes nodes whose lease has lapsed and whose jobs are all rescued. */
    @SqlUpdate("""
            DELETE FROM nodes n
            WHERE n.lease_until < NOW() AND NOT EXISTS (SELECT FROM job_leases l WHERE l.node_id = n.id)
            """)
    int forgetDead();

    /**
     * Those of a node's presumed leases that are gone: cancelled, rescued or expired. Their work must stop; the
     * job may have a newer lease.
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
    List<Lease> lost(UUID[] ids, Integer[] attempts, Long[] nodes);

    /** Those of these jobs that were cancelled. */
    @SqlQuery("""
            SELECT id
            FROM jobs
            WHERE id = ANY (:ids::uuid[]) AND status::text = 'cancelled'
            """)
    List<UUID> cancelled(UUID[] ids);

    /**
     * The leases of a node that are older than 5 s. If the node does not know one, it comes from a claim whose
     * answer was lost.
     */
    @SqlQuery("""
            SELECT job_id, attempt, node_id
            FROM job_leases
            WHERE node_id = :nodeId AND leased_at < NOW() - INTERVAL '5 s'
            """)
    @RegisterConstructorMapper(Lease.class)
    List<Lease> held(long nodeId);

    /** True if the lease of some node has lapsed, so that there may be jobs to rescue. */
    @SqlQuery("SELECT EXISTS (SELECT FROM nodes WHERE lease_until < NOW())")
    boolean anyLapsed();

    /**
     * Removes leases of jobs that have ended or are gone, in case a fault leaves one behind; no such fault is
     * known.
     */
    @SqlUpdate("""
            DELETE FROM job_leases l
            WHERE l.leased_at < NOW() - INTERVAL '5 s'
              AND NOT EXISTS (SELECT FROM jobs j WHERE j.id = l.job_id AND j.status::text IN ('pending', 'running') OFFSET 0)
            """)
    int removeIdle();

    /**
     * The server's time.
     *
     * @param nowMillis since 1970
     * @param upMillis since PostgreSQL started, less than zero if its clock was set back. After a restart nodes get one
     *     lease's time to return before any of them is declared dead
     * @param ahead whether some lease was renewed in the future, so that the clock was set back since
     */
    record ServerTime(long nowMillis, long upMillis, boolean ahead) {}

    /** Reads the server's time. Small corrections of its clock do not count as set back. */
    @SqlQuery("""
            SELECT (EXTRACT(EPOCH FROM NOW()) * 1000)::bigint AS now_millis,
                   (EXTRACT(EPOCH FROM NOW() - pg_postmaster_start_time()) * 1000)::bigint AS up_millis,
                   EXISTS (SELECT FROM nodes WHERE renewed_at > NOW() + INTERVAL '2 s') AS ahead
            """)
    @RegisterConstructorMapper(ServerTime.class)
    ServerTime time();

    /**
     * Ends the leases that have not been renewed since the server's clock was set back. Otherwise a dead node would
     * keep its jobs, and its duties, until the clock gets where it was.
     *
     * @param waitedMillis how long ago the clock was set back, or longer; leases for a longer time are left alone
     */
    @SqlUpdate("""
            UPDATE nodes
            SET lease_until = NOW() - INTERVAL '1 ms', renewed_at = NOW()
            WHERE renewed_at > NOW() + INTERVAL '2 s'
              AND lease_until - renewed_at <= make_interval(secs => :waitedMillis / 1000.0)
            """)
    int endOfTheFuture(long waitedMillis);
}
