package io.longhaul.jobs.sql;

import java.util.Map;
import org.jdbi.v3.sqlobject.config.KeyColumn;
import org.jdbi.v3.sqlobject.config.ValueColumn;
import org.jdbi.v3.sqlobject.customizer.Bind;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jdbi.v3.sqlobject.statement.SqlUpdate;

/**
 * Which node does which piece of housekeeping. This only saves work: two nodes that do the same piece at the same time,
 * because one of them was slow to notice, do no harm.
 */
public interface Housekeepers {
    /**
     * Who does which task.
     *
     * @return by the task's name the run of a node whose own lease lives; tasks that are nobody's are left out
     */
    @SqlQuery("""
            SELECT h.task, h.node_id
            FROM housekeepers h JOIN nodes n ON n.id = h.node_id AND n.lease_until > NOW()
            """)
    @KeyColumn("task")
    @ValueColumn("node_id")
    Map<String, Long> holders();

    /**
     * Takes a task that is nobody's.
     *
     * @param task its name, at most 40 characters
     * @param nodeId the run of a node whose own lease lives
     * @return 1, or 0 when another one was faster
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
    int take(@Bind("task") String task, @Bind("nodeId") long nodeId);
}
