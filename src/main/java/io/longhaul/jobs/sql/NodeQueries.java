package io.longhaul.jobs.sql;

import java.time.Instant;
import java.util.List;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;

/** Reads what is known of nodes. */
public interface NodeQueries {
    /**
     * All runs of nodes that are known: those that live, and those of the dead whose jobs are not yet rescued.
     *
     * @return by name, the latest run first
     */
    @SqlQuery("""
            SELECT n.id, n.name, n.version, n.started_at, n.lease_until, n.lease_until > NOW() AS alive,
                   COALESCE(r.jobs, 0) AS running, n.tools
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
     * @param startedAt when it began
     * @param leaseUntil until when it counts as alive without a word
     * @param alive whether it does
     * @param running how many jobs it holds
     * @param tools what it claims jobs of: none if it drains or has no slots, null if it has not told yet
     */
    record KnownNode(
            long id,
            String name,
            String version,
            Instant startedAt,
            Instant leaseUntil,
            boolean alive,
            int running,
            List<String> tools) {}
}
