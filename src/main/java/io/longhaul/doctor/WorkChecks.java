package io.longhaul.doctor;

import io.longhaul.jobs.sql.NodeQueries;
import io.longhaul.jobs.sql.NodeQueries.KnownNode;
import io.longhaul.jobs.sql.QueueFigures;
import io.longhaul.schema.Cures;
import io.longhaul.webhooks.Deliverer;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Jdbi;

/** Checks the work that goes on: nodes and their leases, queues, webhooks. */
final class WorkChecks {
    private static final int TOOLS = 1_000;
    private static final int ROWS = 200_000;

    /** Work of hours may keep every slot taken; a minute is when somebody begins to wonder. */
    private static final double LONG_WAIT = 60;

    private final Jdbi jdbi;
    private final Cures cures;

    WorkChecks(Jdbi jdbi, Cures cures) {
        this.jdbi = jdbi;
        this.cures = cures;
    }

    List<Result> nodes() {
        List<KnownNode> all = jdbi.withExtension(NodeQueries.class, NodeQueries::all);
        List<KnownNode> alive =
                all.stream().filter(node -> node.alive() && !node.remote()).toList();
        List<Result> results = new ArrayList<>();
        results.add(living(alive));
        Set<String> versions = alive.stream().map(KnownNode::version).collect(Collectors.toCollection(TreeSet::new));
        if (versions.size() > 1) {
            results.add(Result.warn(
                    "releases",
                    "Nodes of " + versions.size() + " releases run side by side: " + releases(alive) + ".",
                    "Restart the nodes of the older release with the newer jar."));
        }
        all.stream()
                .filter(node -> !node.alive() && node.running() > 0)
                .forEach(node -> results.add(lost(node, alive.isEmpty())));
        return results;
    }

    private Result living(List<KnownNode> alive) {
        if (alive.isEmpty() && isReadOnly()) {
            return Result.warn(
                    "nodes",
                    "No node lives: the database is read-only, and none can renew its lease in it.",
                    "Make the database writable, or name the primary");
        }
        return alive.isEmpty()
                ? Result.warn("nodes", "No node lives, so that no job runs.", "Start one: " + cures.command("server"))
                : Result.ok("nodes", alive.size() + " live: " + releases(alive) + ".");
    }

    private boolean isReadOnly() {
        return jdbi.withHandle(handle -> handle.createQuery("SELECT current_setting('transaction_read_only') = 'on'")
                .mapTo(Boolean.class)
                .one());
    }

    private static String releases(List<KnownNode> nodes) {
        return nodes.stream()
                .map(node -> node.name() + " (" + node.version() + ", " + jobs(node.running()) + ")")
                .collect(Collectors.joining(", "));
    }

    private static String jobs(long number) {
        return number == 1 ? "1 job" : number + " jobs";
    }

    private static Result lost(KnownNode node, boolean alone) {
        String message = node.name() + " was lost and holds " + jobs(node.running()) + "; its lease ended at "
                + node.leaseUntil() + ".";
        return alone
                ? Result.warn("leases", message, "Start a node: it takes them over by itself.")
                : Result.warn(
                        "leases",
                        message,
                        "Nodes take them over within seconds; if they do not, look at GET /health of one"
                                + " (condition housekeeping).");
    }

    List<Result> queues() {
        List<QueueFigures.Queue> queues =
                jdbi.withExtension(QueueFigures.class, figures -> figures.queues(TOOLS, ROWS));
        List<KnownNode> alive = jdbi.withExtension(NodeQueries.class, NodeQueries::all).stream()
                .filter(KnownNode::alive)
                .toList();
        List<Result> late = queues.stream()
                .filter(queue -> queue.oldestSeconds() > LONG_WAIT)
                .map(queue -> late(queue, alive))
                .toList();
        long ready = queues.stream().mapToLong(QueueFigures.Queue::ready).sum();
        return late.isEmpty()
                ? List.of(Result.ok(
                        "queues", jobs(ready) + (ready == 1 ? " waits" : " wait") + ", none for over a minute."))
                : late;
    }

    private static Result late(QueueFigures.Queue queue, List<KnownNode> alive) {
        String message = "%s of %s %s for a worker, the oldest for %d s."
                .formatted(jobs(queue.ready()), queue.tool(), queue.ready() == 1 ? "waits" : "wait", (long)
                        queue.oldestSeconds());
        boolean served = alive.stream()
                .anyMatch(node -> node.tools() != null && node.tools().contains(queue.tool()));
        return served
                ? Result.warn("queues", message, "Add nodes, or raise workers.concurrency or the tool's concurrency.")
                : Result.warn(
                        "queues",
                        message + " No node has this tool.",
                        "Start a node that has it, or add it to the tools of one and reload them (POST /tasks/reload-tools).");
    }

    Result webhooks() {
        return Result.of(Deliverer.Backlog.of(jdbi).condition());
    }
}
