package io.longhaul.workers.claim;

import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.jobs.sql.NodeLeases.Run;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.run.Attempts;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes into the node's row which tools and how many slots it has, so that a job can say that no node has its tool. */
public final class OfferedTools {
    /**
     * After a rollback and a migration the columns are empty although this node wrote them. So it writes once in so
     * many calls, whatever it wrote before.
     */
    private static final int ANYWAY_EVERY = 5;

    private final Node node;
    private final ToolRegistry registry;
    private final Attempts attempts;
    private Optional<Run> writtenBy = Optional.empty();
    private List<RegisteredTool> written = List.of();
    private boolean writtenWorking;
    private Set<String> writtenBarred = Set.of();
    private int callsSinceWrite;

    /** A node that does not work, because it drains or has no slots, offers no tools; nor does it offer those that are barred. */
    public OfferedTools(Node node, ToolRegistry registry, Attempts attempts) {
        this.node = node;
        this.registry = registry;
        this.attempts = attempts;
    }

    /** Called each second. */
    @SuppressWarnings("ReferenceEquality")
    public void write() {
        Optional<Run> self = node.state().run();
        List<RegisteredTool> all = registry.list();
        boolean working = attempts.executions().slots() > 0 && !node.state().isDraining();
        Set<String> without = attempts.leftBehind().barred();
        boolean same = all == written && working == writtenWorking && without.equals(writtenBarred);
        boolean fresh = self.equals(writtenBy) && same && ++callsSinceWrite < ANYWAY_EVERY;
        if (self.isEmpty() || !node.state().isSchemaFit() || fresh) {
            return;
        }
        String[] names = all.stream()
                .filter(tool -> working && !tool.isRemote() && !without.contains(tool.name()))
                .map(RegisteredTool::name)
                .toArray(String[]::new);
        int slots = working ? attempts.executions().slots() : 0;
        node.jdbi().useExtension(NodeLeases.class, n -> n.has(self.get(), names, slots));
        writtenBy = self;
        written = all;
        writtenWorking = working;
        writtenBarred = without;
        callsSinceWrite = 0;
    }
}
