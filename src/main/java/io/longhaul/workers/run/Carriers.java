package io.longhaul.workers.run;

import java.lang.management.ManagementFactory;
import javax.management.Attribute;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * The threads of the system that virtual threads run on: as many as there are processors. A call that computes on after it
 * was told to stop keeps one of them for itself, and a few such calls would stop all virtual threads of the node. From
 * Java 24 on the number can be raised while it runs.
 */
final class Carriers {
    private static final String SCHEDULER = "jdk.management:type=VirtualThreadScheduler";
    private static final String PARALLELISM = "Parallelism";

    /** As it was before the first was added; 0 until then. */
    private static int usual;

    private Carriers() {}

    /** Has so many more than usual. */
    static synchronized void add(int more) {
        try {
            MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
            ObjectName scheduler = new ObjectName(SCHEDULER);
            if (usual == 0) {
                usual = (Integer) beans.getAttribute(scheduler, PARALLELISM);
            }
            beans.setAttribute(scheduler, new Attribute(PARALLELISM, usual + more));
        } catch (InstanceNotFoundException e) {
            // Java 17 to 23: no virtual threads, or as many carriers as at the start.
        } catch (JMException e) {
            throw new IllegalStateException("The virtual threads' scheduler does not take another parallelism", e);
        }
    }
}
