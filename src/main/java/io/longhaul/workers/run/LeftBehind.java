package io.longhaul.workers.run;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The calls whose tools did not stop in time. Their slots are free again, their threads are not, so a tool that leaves
 * many of them gets no more jobs of this node.
 */
public final class LeftBehind {
    /** Each holds a thread, at worst one that computes: a few do a node no harm. */
    static final int MOST_PER_TOOL = 8;

    /** From this number of calls on, one is enough for its tool to get no more jobs. */
    static final int MOST = 64;

    private final Set<Execution> calls = ConcurrentHashMap.newKeySet();

    public LeftBehind() {}

    void add(Execution call) {
        calls.add(call);
        Carriers.addFor(calls);
    }

    boolean remove(Execution call) {
        boolean was = calls.remove(call);
        if (was) {
            Carriers.addFor(calls);
        }
        return was;
    }

    public int count() {
        return calls.size();
    }

    /** The number of calls that each tool has left, without tools that left none. */
    public Map<String, Long> perTool() {
        return calls.stream().collect(Collectors.groupingBy(Execution::tool, TreeMap::new, Collectors.counting()));
    }

    /** The tools of which this node claims no jobs, because they have left too many calls. */
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

    /**
     * The system threads that virtual threads run on: as many as there are processors. A call that goes on computing
     * after a stop occupies one of them, and a few such calls would stop all virtual threads of the node. From Java 24
     * on the number can be raised while the node runs.
     */
    private static final class Carriers {
        private static final String SCHEDULER = "jdk.management:type=VirtualThreadScheduler";
        private static final String PARALLELISM = "Parallelism";

        /** The number before the first was added; 0 until then. */
        private static int usual;

        private Carriers() {}

        /** Sets the number to the usual one and one more for each call that there is by now. */
        static synchronized void addFor(Set<Execution> calls) {
            try {
                MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
                ObjectName scheduler = new ObjectName(SCHEDULER);
                if (usual == 0) {
                    usual = (Integer) beans.getAttribute(scheduler, PARALLELISM);
                }
                beans.setAttribute(scheduler, new Attribute(PARALLELISM, usual + calls.size()));
            } catch (InstanceNotFoundException e) {
                // Java 17 to 23: no virtual threads, or as many carriers as at the start.
            } catch (JMException e) {
                throw new IllegalStateException("The virtual threads' scheduler does not take another parallelism", e);
            }
        }
    }
}
