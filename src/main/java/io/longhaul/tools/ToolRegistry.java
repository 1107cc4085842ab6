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

/** The tools of this node, by name. Tools may join while the server runs; none ever leaves, for jobs may name it. */
public final class ToolRegistry {
    private volatile NavigableMap<String, RegisteredTool> tools;
    private volatile List<RegisteredTool> list;

    private ToolRegistry(NavigableMap<String, RegisteredTool> tools) {
        this.tools = Collections.unmodifiableNavigableMap(tools);
        this.list = List.copyOf(tools.values());
    }

    /**
     * Collects the tools.
     *
     * @param tools all tools of this node
     * @return the registry
     * @throws ToolConfigurationException if two have the same name
     */
    public static ToolRegistry of(Collection<RegisteredTool> tools) {
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
        return new ToolRegistry(byName);
    }

    /**
     * Adds tools, or replaces those that the same origin brought before.
     *
     * @param found tools
     * @return why tools were left out, because another origin has one of that name; one sentence each
     */
    public synchronized List<String> join(Collection<RegisteredTool> found) {
        NavigableMap<String, RegisteredTool> all = new TreeMap<>(tools);
        List<String> refused = new ArrayList<>();
        for (RegisteredTool tool : found) {
            RegisteredTool other = all.get(tool.name());
            if (other == null || other.origin().equals(tool.origin())) {
                all.put(tool.name(), tool);
            } else {
                refused.add("tool '%s' of %s is left out, for %s has one of that name: give it another prefix"
                        .formatted(tool.name(), tool.origin(), other.origin()));
            }
        }
        tools = Collections.unmodifiableNavigableMap(all);
        list = List.copyOf(all.values());
        return refused;
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
     * @return tools in alphabetical order; the same list until tools join
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
