package io.longhaul.console.operations;

import io.longhaul.console.SharedView;
import io.longhaul.console.jobs.Commands;
import io.longhaul.jobs.sql.NodeQueries.KnownNode;
import java.time.Instant;
import java.util.List;

/**
 * The nodes that share the database.
 *
 * @param nodes by name, the latest run first
 * @param commands the same by other means
 * @param readAt when they were read
 */
public record NodesView(List<KnownNode> nodes, Commands commands, Instant readAt) implements SharedView {
    /** True if nodes of different releases work side by side, as during a deploy. */
    public boolean isMixed() {
        return nodes.stream()
                        .filter(node -> node.alive() && !node.remote())
                        .map(KnownNode::version)
                        .distinct()
                        .count()
                > 1;
    }
}
