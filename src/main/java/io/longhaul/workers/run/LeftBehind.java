package io.longhaul.workers.run;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The calls whose tools did not stop in time. Their slots are given back; their threads are not, so a tool that leaves
 * many of them gets no more jobs of this node.
 */
public final class LeftBehind {
    /** Each holds a thread, at worst one that computes: a few do a node no harm. */
    static final int MOST_PER_TOOL = 8;

    /** From here on, one is enough for a tool to get no more jobs. */
    static final int MOST = 64;

    private final Set<Execution> calls = ConcurrentHashMap.newKeySet();

    public LeftBehind() {}

    void add(Execution call) {
        calls.add(call);
        Carriers.add(calls.size());
    }

    boolean remove(Execution call) {
        boolean was = calls.remove(call);
        if (was) {
            Carriers.add(calls.size());
        }
        return was;
    }

    /**
     * How many calls there are.
     *
     * @return as it is now
     */
    public int count() {
        return calls.size();
    }

    /**
     * How many calls each tool has left.
     *
     * @return by the names of the tools, those without any left out
     */
    public Map<String, Long> perTool() {
        return calls.stream().collect(Collectors.groupingBy(Execution::tool, TreeMap::new, Collectors.counting()));
    }

    /**
     * The tools that this node claims no jobs of, because they have left too many calls.
     *
     * @return their names, in order
     */
    public Set<String> barred() {
        if (calls.isEmpty()) {
            return Set.of();
        }
        long most = calls.size() >= MOST ? 1 : MOST_PER_TOOL;
        return perTool().entrySet().stream()
                .filter(tool -> tool.getValue() >= most)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    public boolean bars(String tool) {
        return barred().contains(tool);
    }
}
