package io.longhaul.workers.claim;

import io.longhaul.jobs.sql.NodeLeases;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;

/** Tells all nodes which tools this one has, so that a job can say that nobody has the one it waits for. */
public final class OfferedTools {
    private final Jdbi jdbi;
    private final ToolRegistry registry;
    private final Supplier<OptionalLong> node;
    private final BooleanSupplier works;
    private final Supplier<Set<String>> barred;
    private OptionalLong toldBy = OptionalLong.empty();
    private List<RegisteredTool> told = List.of();
    private boolean toldToWork;
    private Set<String> toldBarred = Set.of();

    /** A node that does not work, because it drains or has no slots, has no tools; nor has it those that are barred. */
    public OfferedTools(
            Jdbi jdbi,
            ToolRegistry registry,
            Supplier<OptionalLong> node,
            BooleanSupplier works,
            Supplier<Set<String>> barred) {
        this.barred = barred;
        this.jdbi = jdbi;
        this.registry = registry;
        this.node = node;
        this.works = works;
    }

    /** Writes them if they have changed. */
    @SuppressWarnings("ReferenceEquality")
    public void tell() {
        OptionalLong self = node.get();
        List<RegisteredTool> all = registry.list();
        boolean working = works.getAsBoolean();
        Set<String> without = barred.get();
        boolean same = all == told && working == toldToWork && without.equals(toldBarred);
        if (self.isEmpty() || (self.equals(toldBy) && same)) {
            return;
        }
        String[] names = all.stream()
                .filter(tool -> working && !tool.isRemote() && !without.contains(tool.name()))
                .map(RegisteredTool::name)
                .toArray(String[]::new);
        jdbi.useExtension(NodeLeases.class, n -> n.has(self.getAsLong(), names));
        toldBy = self;
        told = all;
        toldToWork = working;
        toldBarred = without;
    }
}
