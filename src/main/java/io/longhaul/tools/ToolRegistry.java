package io.longhaul.tools;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The tools of this node, by name. Those of the configuration may be replaced while the server runs, others may join and
 * leave; a job keeps the tool it was begun with.
 */
public final class ToolRegistry {
    private NavigableMap<String, RegisteredTool> configured;
    private final NavigableMap<String, RegisteredTool> joined = new TreeMap<>();
    private volatile NavigableMap<String, RegisteredTool> tools;
    private volatile List<RegisteredTool> list;

    private ToolRegistry(NavigableMap<String, RegisteredTool> configured) {
        this.configured = configured;
        combine();
    }

    /**
     * Collects the tools.
     *
     * @param tools all tools of this node
     * @return the registry
     * @throws ToolConfigurationException if two have the same name
     */
    public static ToolRegistry of(Collection<RegisteredTool> tools) {
        return new ToolRegistry(byName(tools));
    }

    private static NavigableMap<String, RegisteredTool> byName(Collection<RegisteredTool> tools) {
        NavigableMap<String, RegisteredTool> byName = new TreeMap<>();
        for (RegisteredTool tool : tools) {
            RegisteredTool other = byName.putIfAbsent(tool.name(), tool);
            Checks.that(
                    other == null,
                    "tool '%s' is defined twice, in %s and in %s: rename one of them",
                    tool.name(),
                    other == null ? "" : other.origin(),
                    tool.origin());
        }
        return byName;
    }

    /** The configuration has precedence. */
    private void combine() {
        NavigableMap<String, RegisteredTool> all = new TreeMap<>(joined);
        all.putAll(configured);
        tools = Collections.unmodifiableNavigableMap(all);
        list = List.copyOf(all.values());
    }

    /**
     * Takes other tools instead of those of the configuration.
     *
     * @param found all tools of the configuration
     * @throws ToolConfigurationException if two have the same name; then nothing has changed
     */
    public synchronized void reconfigure(Collection<RegisteredTool> found) {
        configured = byName(found);
        combine();
    }

    /**
     * Adds tools, or replaces those that the same origin brought before.
     *
     * @param found tools
     * @return why tools were left out, because another origin has one of that name; one sentence each
     */
    public synchronized List<String> join(Collection<RegisteredTool> found) {
        List<String> refused = new ArrayList<>();
        for (RegisteredTool tool : found) {
            RegisteredTool other = configured.getOrDefault(tool.name(), joined.get(tool.name()));
            if (other == null || other.origin().equals(tool.origin())) {
                joined.put(tool.name(), tool);
            } else {
                refused.add("tool '%s' of %s is left out, for %s has one of that name: give it another name or prefix"
                        .formatted(tool.name(), tool.origin(), other.origin()));
            }
        }
        combine();
        return refused;
    }

    /**
     * Takes other tools instead of those that an origin brought before.
     *
     * @param origin where they come from
     * @param found all tools of it; none to remove it
     * @return why tools were left out, one sentence each
     */
    public synchronized List<String> replace(String origin, Collection<RegisteredTool> found) {
        joined.values().removeIf(tool -> tool.origin().equals(origin));
        return join(found);
    }

    /**
     * Finds a tool.
     *
     * @param name any text
     * @return the tool of exactly this name
     */
    public Optional<RegisteredTool> find(String name) {
        return Optional.ofNullable(tools.get(name));
    }

    /**
     * The names of all tools.
     *
     * @return names in alphabetical order
     */
    public NavigableSet<String> names() {
        return tools.navigableKeySet();
    }

    /**
     * All tools.
     *
     * @return tools in alphabetical order; the same list until tools join, leave or change
     */
    public List<RegisteredTool> list() {
        return list;
    }

    /**
     * Checks params.
     *
     * @param name name of a registered tool
     * @param params any JSON
     * @return what is wrong, at most 100 places; empty if nothing is
     * @throws IllegalArgumentException if there is no such tool
     */
    public List<ParamError> check(String name, JsonNode params) {
        return find(name)
                .orElseThrow(() -> new IllegalArgumentException("no tool '" + name + "'"))
                .check(params);
    }
}
