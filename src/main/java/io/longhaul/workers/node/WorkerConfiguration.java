package io.longhaul.workers.node;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/**
 * Settings of a node's work on jobs.
 *
 * @param node name of this node, for people; default the host's name
 * @param concurrency jobs that run at once; 0 makes a node that only takes and shows jobs
 * @param poll longest wait between two looks for jobs when no notification arrives
 * @param lease longest silence of the node before its jobs go to others
 * @param drain longest time that running jobs may go on when the node stops
 * @param timeout longest time of one attempt for tools that set none
 * @param cleanup wait between two removals of expired jobs
 */
public record WorkerConfiguration(
        String node,
        int concurrency,
        Duration poll,
        Duration lease,
        Duration drain,
        Duration timeout,
        Duration cleanup) {
    /** The settings when nothing is configured. */
    public static final WorkerConfiguration DEFAULT = of(null, null, null, null, null, null, null);

    public WorkerConfiguration {
        require(
                concurrency >= 0 && concurrency <= 10_000,
                "workers.concurrency is " + concurrency + ": write 0 to 10000");
        between("workers.poll", poll, Duration.ofMillis(10), Duration.ofMinutes(1));
        // Shorter, and a pause of the garbage collector costs a node its jobs; longer, and jobs of a dead node wait.
        between("workers.lease", lease, Duration.ofSeconds(3), Duration.ofMinutes(10));
        between("workers.drain", drain, Duration.ZERO, Duration.ofHours(24));
        between("workers.timeout", timeout, Duration.ofMillis(1), Duration.ofDays(365));
        between("workers.cleanup", cleanup, Duration.ofMillis(100), Duration.ofDays(1));
    }

    @JsonCreator
    static WorkerConfiguration of(
            @JsonProperty("node") String node,
            @JsonProperty("concurrency") Integer concurrency,
            @JsonProperty("poll") io.dropwizard.util.Duration poll,
            @JsonProperty("lease") io.dropwizard.util.Duration lease,
            @JsonProperty("drain") io.dropwizard.util.Duration drain,
            @JsonProperty("timeout") io.dropwizard.util.Duration timeout,
            @JsonProperty("cleanup") io.dropwizard.util.Duration cleanup) {
        return new WorkerConfiguration(
                node == null || node.isBlank() ? hostName() : node,
                concurrency == null ? 16 : concurrency,
                orElse(poll, Duration.ofSeconds(1)),
                // 15 s and a look every 2 s: jobs of a killed node run again well within 30 s.
                orElse(lease, Duration.ofSeconds(15)),
                orElse(drain, Duration.ofSeconds(30)),
                orElse(timeout, Duration.ofDays(7)),
                orElse(cleanup, Duration.ofSeconds(30)));
    }

    private static Duration orElse(io.dropwizard.util.Duration given, Duration usual) {
        return given == null ? usual : given.toJavaDuration();
    }

    private static void between(String name, Duration value, Duration least, Duration most) {
        boolean holds = value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
        require(holds, name + " is " + text(value) + ": write a duration from " + text(least) + " to " + text(most));
    }

    private static String text(Duration value) {
        return value.toMillis() % 1000 == 0 ? value.toSeconds() + "s" : value.toMillis() + "ms";
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "localhost";
        }
    }
}
