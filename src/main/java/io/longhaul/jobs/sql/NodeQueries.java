package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Reads the known nodes. */
public interface NodeQueries {
    /** All live runs of nodes and remote workers, and dead ones whose jobs are not yet rescued, by name, the latest run first. */
    @SqlQuery("""
            SELECT n.id, n.name, n.version, n.started_at, n.lease_until, n.lease_until > NOW() AS alive,
                   COALESCE(r.jobs, 0) AS running, n.tools, n.slots,
                   EXISTS (SELECT FROM remote_workers w WHERE w.node_id = n.id) AS remote
            FROM nodes n
            LEFT JOIN (SELECT l.node_id, count(*) AS jobs FROM job_leases l GROUP BY l.node_id) r ON r.node_id = n.id
            ORDER BY n.name, n.id DESC
            LIMIT 1000
            """)
    @RegisterConstructorMapper(KnownNode.class)
    List<KnownNode> all();

    /**
     * A run of a node.
     *
     * @param id never used twice
     * @param name for people
     * @param version of the program
     * @param startedAt when it started
     * @param leaseUntil it counts as dead from then on unless it renews its lease
     * @param alive true while the lease lasts
     * @param running number of jobs it holds
     * @param tools tools whose jobs it claims: empty if it drains or has no slots, null if it has not reported them
     *     yet
     * @param slots number of jobs it runs at once; null if unknown, as of workers elsewhere
     * @param remote true for a worker elsewhere, whose version is that of its own program
     */
    record KnownNode(
            long id,
            String name,
            String version,
            Instant startedAt,
            Instant leaseUntil,
            boolean alive,
            int running,
            List<String> tools,
            Integer slots,
            boolean remote) {}
}
