package io.longhaul.workers.remote;

import io.longhaul.jobs.sql.PendingWork;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.tools.definitions.ToolFiles;
import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.workers.claim.PendingWorkCache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tools that workers register: kept in the database, so that every node knows them within two seconds, also after a
 * restart. A tool of a node's configuration has precedence on that node.
 */
public final class RemoteTools {
    /** The origin of such tools. */
    public static final String ORIGIN = "a remote worker";

    /** The most jobs that are counted: beyond this the exact number tells nobody anything. */
    public static final int COUNTED = 10_000;

    static final Duration LOOK = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger("longhaul.tools");

    private final Jdbi jdbi;
    private final ToolRegistry registry;
    private final ToolFiles reader = new ToolFiles();
    private final Map<String, Known> compiled = new HashMap<>();
    private String known = "";
    private volatile boolean none;

    /** The tool that was read from a definition: nothing if it cannot be used here. */
    private record Known(String definition, Optional<RegisteredTool> tool) {}

    RemoteTools(Jdbi jdbi, ToolRegistry registry) {
        this.jdbi = jdbi;
        this.registry = registry;
    }

    /**
     * Reads a definition as a worker sends it.
     *
     * @param definition JSON object with the settings of a tool, {@code type} being {@code remote}
     * @throws ToolConfigurationException if it is wrong
     */
    public RegisteredTool read(String definition) {
        return reader.parse("[" + definition + "]", ORIGIN).get(0);
    }

    /** The tool of that name that has precedence over a worker's, or nothing. */
    public Optional<RegisteredTool> configured(String name) {
        return registry.find(name).filter(tool -> !tool.origin().equals(ORIGIN));
    }

    /**
     * Stores a tool; this node knows it at once.
     *
     * @param definition the text from which the tool was read
     * @param worker the name of the worker
     */
    public void register(RegisteredTool tool, String definition, String worker) {
        jdbi.useExtension(RemoteStatements.class, s -> s.store(tool.name(), definition, worker));
        refresh();
    }

    /**
     * The workers and jobs that need a tool.
     *
     * @param workers names of those that live and offer it
     * @param jobs the number of unfinished ones, counted up to {@link #COUNTED}
     */
    public record Use(List<String> workers, int jobs) {
        public boolean any() {
            return !workers.isEmpty() || jobs > 0;
        }
    }

    /** True if a worker registered a tool of this name, even if it is not in effect. */
    public boolean isBrought(String name) {
        return jdbi.withExtension(RemoteStatements.class, s -> s.isBrought(name));
    }

    /** See {@link ToolRegistry#hint}. */
    public String hint(String name, Predicate<String> known) {
        return registry.hint(name, known);
    }

    public Use use(String name) {
        return jdbi.withExtension(RemoteStatements.class, s -> new Use(s.offering(name), s.unfinished(name, COUNTED)));
    }

    /** Removes a tool that a worker registered; false if there was none. */
    public boolean remove(String name) {
        boolean removed = jdbi.withExtension(RemoteStatements.class, s -> s.remove(name)) > 0;
        refresh();
        return removed;
    }

    /** A step of the loop: reads them again if there are any, or were. */
    Duration step(PendingWorkCache pendingWork) {
        if (!none || pendingWork.shows(PendingWork.Seen::remoteTools)) {
            refresh();
        }
        return LOOK;
    }

    /** Reads them again if they have changed. */
    public synchronized void refresh() {
        String state = jdbi.withExtension(RemoteStatements.class, RemoteStatements::toolsState);
        if (!state.equals(known)) {
            List<RegisteredTool> tools = read();
            registry.replace(ORIGIN, tools).forEach(reason -> LOG.warn("{}", reason));
            // A tool that is left out takes no memory, and is read again when there may be room for it.
            compiled.values()
                    .removeIf(known -> known.tool()
                            .filter(tool -> registry.find(tool.name()).orElse(null) != tool)
                            .isPresent());
            known = state;
            none = tools.isEmpty();
        }
    }

    /** Only new and changed definitions are compiled, because each may take seconds. */
    private List<RegisteredTool> read() {
        List<RegisteredTool> tools = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (RemoteStatements.StoredTool stored : jdbi.withExtension(RemoteStatements.class, RemoteStatements::tools)) {
            Known last = compiled.get(stored.name());
            if (last == null || !last.definition().equals(stored.definition())) {
                last = new Known(stored.definition(), usable(stored));
                compiled.put(stored.name(), last);
            }
            last.tool().ifPresent(tools::add);
            names.add(stored.name());
        }
        compiled.keySet().retainAll(names);
        return tools;
    }

    /**
     * Refuses tools that would leave no memory for others.
     *
     * @throws ToolConfigurationException if there is no room
     */
    public void checkRoom(List<RegisteredTool> brought) {
        refresh();
        if (!registry.hasRoom(brought)) {
            throw new ToolConfigurationException(ToolRegistry.NO_ROOM + " (DELETE /v1/tools/NAME)");
        }
    }

    /** A definition that another release stored in an unknown form must not keep the others away. */
    private Optional<RegisteredTool> usable(RemoteStatements.StoredTool stored) {
        try {
            return Optional.of(read(stored.definition()));
        } catch (ToolConfigurationException e) {
            LOG.warn("Tool '{}' of a remote worker is left out: {}", stored.name(), e.getMessage());
            return Optional.empty();
        }
    }
}
