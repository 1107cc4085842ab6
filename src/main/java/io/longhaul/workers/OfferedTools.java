package io.longhaul.workers;

import io.longhaul.jobs.NodeLeases;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/** Tells all nodes which tools this one has, so that a job can say that nobody has the one it waits for. */
final class OfferedTools {
    private final Jdbi jdbi;
    private final ToolRegistry registry;
    private final Supplier<OptionalLong> node;
    private final BooleanSupplier works;
    private OptionalLong toldBy = OptionalLong.empty();
    private List<RegisteredTool> told = List.of();
    private boolean toldToWork;

    /** A node that does not work, because it drains or has no slots, has no tools. */
    OfferedTools(Jdbi jdbi, ToolRegistry registry, Supplier<OptionalLong> node, BooleanSupplier works) {
        this.jdbi = jdbi;
        this.registry = registry;
        this.node = node;
        this.works = works;
    }

    /** Writes them if they have changed. */
    @SuppressWarnings("ReferenceEquality")
    void tell() {
        OptionalLong self = node.get();
        List<RegisteredTool> all = registry.list();
        boolean working = works.getAsBoolean();
        if (self.isEmpty() || (self.equals(toldBy) && all == told && working == toldToWork)) {
            return;
        }
        String[] names = all.stream()
                .filter(tool -> working && !tool.isRemote())
                .map(RegisteredTool::name)
                .toArray(String[]::new);
        jdbi.useExtension(NodeLeases.class, n -> n.has(self.getAsLong(), names));
        toldBy = self;
        told = all;
        toldToWork = working;
    }
}
