package io.longhaul.tools;

import io.longhaul.tools.params.NearestName;
import io.longhaul.tools.settings.ToolConfigurationException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The tools of this node, by name. Those of the configuration may be replaced while the server runs, others may join
 * and leave; a job keeps the tool with which it began.
 */
public final class ToolRegistry {
    /**
     * Bound on the memory for tools from one origin: a worker or another server may bring any number of tools, each
     * with a schema at its bounds, and every node keeps them for as long as it lives. It is room for 800 tools of 150
     * values each.
     */
    static final long MOST_BYTES = 128L << 20;

    /** The reason why tools may not join, with its cure. */
    public static final String NO_ROOM =
            "the tools from there would take more than %d MiB of memory together, of which".formatted(MOST_BYTES >> 20)
                    + " each value of a schema takes a kilobyte: say less in the schemas, or remove tools that nobody needs";

    private NavigableMap<String, RegisteredTool> configured;
    private final NavigableMap<String, RegisteredTool> joined = new TreeMap<>();
    private volatile NavigableMap<String, RegisteredTool> tools;
    private volatile List<RegisteredTool> list;

    private ToolRegistry(NavigableMap<String, RegisteredTool> configured) {
        this.configured = configured;
        combine();
    }

    /**
     * Creates a registry.
     *
     * @throws ToolConfigurationException if two tools have the same name
     */
    public static ToolRegistry of(Collection<RegisteredTool> tools) {
        return new ToolRegistry(byName(tools));
    }

    private static NavigableMap<String, RegisteredTool> byName(Collection<RegisteredTool> tools) {
        List<String> twice = namedTwice(tools);
        if (!twice.isEmpty()) {
            throw new ToolConfigurationException(twice);
        }
        NavigableMap<String, RegisteredTool> byName = new TreeMap<>();
        tools.forEach(tool -> byName.put(tool.name(), tool));
        return byName;
    }

    /** A line for each tool whose name an earlier one has. */
    public static List<String> namedTwice(Collection<RegisteredTool> tools) {
        Map<String, RegisteredTool> first = new HashMap<>();
        List<String> twice = new ArrayList<>();
        for (RegisteredTool tool : tools) {
            RegisteredTool other = first.putIfAbsent(tool.name(), tool);
            if (other != null) {
                twice.add("tool '%s' is defined twice, in %s and in %s: rename one of them"
                        .formatted(tool.name(), other.origin(), tool.origin()));
            }
        }
        return twice;
    }

    /** The configuration has precedence. */
    private void combine() {
        NavigableMap<String, RegisteredTool> all = new TreeMap<>(joined);
        all.putAll(configured);
        tools = Collections.unmodifiableNavigableMap(all);
        list = List.copyOf(all.values());
    }

    /**
     * Replaces the tools of the configuration.
     *
     * @throws ToolConfigurationException if two have the same name; then nothing has changed
     */
    public synchronized void reconfigure(Collection<RegisteredTool> found) {
        configured = byName(found);
        combine();
    }

    /**
     * Adds tools, or replaces those that the same origin brought before. One whose name the configuration has comes into
     * effect when the configuration has it no longer.
     *
     * @return one sentence for each tool that was left out, because another origin has one of that name or memory is
     *     short
     */
    public synchronized List<String> join(Collection<RegisteredTool> found) {
        List<String> refused = new ArrayList<>();
        Map<String, Long> taken = new HashMap<>();
        for (RegisteredTool tool : found) {
            RegisteredTool other = joined.get(tool.name());
            if (other == null || other.origin().equals(tool.origin())) {
                other = configured.get(tool.name());
                long before = taken.computeIfAbsent(tool.origin(), this::taken);
                RegisteredTool last = joined.remove(tool.name());
                long others = before - (last == null ? 0 : last.weight());
                boolean hasRoom = others + tool.weight() <= MOST_BYTES;
                if (hasRoom) {
                    joined.put(tool.name(), tool);
                } else {
                    refused.add("tool '%s' of %s is left out: %s".formatted(tool.name(), tool.origin(), NO_ROOM));
                }
                taken.put(tool.origin(), others + (hasRoom ? tool.weight() : 0));
            }
            if (other != null && !other.origin().equals(tool.origin())) {
                refused.add("tool '%s' of %s is left out, for %s has one of that name: give it another name or prefix"
                        .formatted(tool.name(), tool.origin(), other.origin()));
            }
        }
        combine();
        return refused;
    }

    /**
     * Checks whether tools may join, together with those from the same origin that have joined.
     *
     * @param found tools from one origin, at least one
     * @return false if they would take too much memory; {@link #NO_ROOM} says so
     */
    public synchronized boolean hasRoom(List<RegisteredTool> found) {
        String origin = found.get(0).origin();
        Map<String, Long> weights = new HashMap<>();
        joined.values().stream()
                .filter(tool -> tool.origin().equals(origin))
                .forEach(tool -> weights.put(tool.name(), tool.weight()));
        found.forEach(tool -> weights.put(tool.name(), tool.weight()));
        return sum(weights.values().stream()) <= MOST_BYTES;
    }

    private long taken(String origin) {
        return sum(joined.values().stream()
                .filter(tool -> tool.origin().equals(origin))
                .map(RegisteredTool::weight));
    }

    private static long sum(Stream<Long> weights) {
        return weights.mapToLong(Long::longValue).sum();
    }

    /**
     * Replaces the tools that an origin brought before; none removes them.
     *
     * @return one sentence for each tool that was left out
     */
    public synchronized List<String> replace(String origin, Collection<RegisteredTool> found) {
        joined.values().removeIf(tool -> tool.origin().equals(origin));
        return join(found);
    }

    public Optional<RegisteredTool> find(String name) {
        return Optional.ofNullable(tools.get(name));
    }

    /**
     * A question to add to a message about a name that no tool has; empty if no other tool's name is near.
     *
     * @param known whether who reads the message may know of a tool, and could mean it
     */
    public String hint(String name, Predicate<String> known) {
        // A tool that was removed a moment ago may still be known here.
        List<String> others = names().stream()
                .filter(known)
                .filter(other -> !other.equals(name))
                .toList();
        return NearestName.of(name, others)
                .map(meant -> " Did you mean " + meant + "?")
                .orElse("");
    }

    /** The number of jobs that may wait for a tool, or null if there is no limit, or no such tool any more. */
    public Integer maxQueue(String name) {
        return find(name).map(tool -> tool.policy().limits().maxQueue()).orElse(null);
    }

    /** The names of all tools, in alphabetical order. */
    public NavigableSet<String> names() {
        return tools.navigableKeySet();
    }

    /** All tools in alphabetical order; the same list until tools join, leave or change. */
    public List<RegisteredTool> list() {
        return list;
    }
}
