package io.longhaul.jobs.sql;

import java.util.Map;
import org.jdbi.v3.sqlobject.config.KeyColumn;
import org.jdbi.v3.sqlobject.config.ValueColumn;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Assigns housekeeping tasks to nodes. This only saves work: two nodes that do the same task at the same time do no
 * harm.
 */
public interface Housekeepers {
    /** The live node that does each task, by the task's name; tasks without one are left out. */
    @SqlQuery("""
            SELECT h.task, h.node_id
            FROM housekeepers h JOIN nodes n ON n.id = h.node_id AND n.lease_until > NOW()
            """)
    @KeyColumn("task")
    @ValueColumn("node_id")
    Map<String, Long> holders();

    /**
     * Assigns a task without a live node to this node.
     *
     * @param task its name, at most 40 characters
     * @return 1, or 0 if another node was faster
     */
    @SqlUpdate("""
            INSERT INTO housekeepers AS h (task, node_id)
            SELECT :task, n.id
            FROM nodes n
            WHERE n.id = :nodeId AND n.lease_until > NOW()
            ON CONFLICT (task) DO UPDATE
            SET node_id = EXCLUDED.node_id, since = EXCLUDED.since
            WHERE NOT EXISTS (SELECT FROM nodes n WHERE n.id = h.node_id AND n.lease_until > NOW())
            """)
    int take(String task, long nodeId);
}
