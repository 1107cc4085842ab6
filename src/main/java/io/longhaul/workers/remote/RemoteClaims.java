package io.longhaul.workers.remote;

import io.longhaul.jobs.ClaimedJob;
import io.longhaul.jobs.sql.Claimed;
import io.longhaul.jobs.sql.Claims;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.unreadable.UnreadableJobs;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.tools.ToolRegistry;
import io.longhaul.workers.claim.LimitedTools;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.node.WorkerConfiguration;
import io.longhaul.workers.run.Outcomes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/** Claims jobs for workers, within all limits that hold for nodes. For one thread. */
final class RemoteClaims {
    private final Jdbi jdbi;
    private final LimitedTools limited;
    private final Duration poll;
    private final Duration usualTimeout;
    private final UnreadableJobs unreadable;
    private boolean limitedFirst;

    RemoteClaims(Node node, ToolRegistry registry, WorkerConfiguration configuration) {
        this.jdbi = node.jdbi();
        this.poll = configuration.poll();
        this.usualTimeout = configuration.timeout();
        this.limited = new LimitedTools(jdbi, registry, tool -> tool.isRemote(), poll);
        this.unreadable = new UnreadableJobs(jdbi, node.signals());
    }

    /** Records that jobs ended here, so that there may be room in limits. */
    void freed() {
        limited.freed();
    }

    /** The wait until a claim is worthwhile without news. */
    Duration rest() {
        return limited.any() ? limited.untilNext() : poll;
    }

    /**
     * Claims the next jobs of some tools.
     *
     * @param worker the run, whose lease must hold
     * @param tools remote ones
     * @return jobs in the order in which they are to start
     */
    List<GivenJob> claim(long worker, List<RegisteredTool> tools, int most) {
        try {
            return claimNow(worker, tools, most);
        } catch (RuntimeException e) {
            if (unreadable.end(tools.stream().map(RegisteredTool::name).toList(), e)) {
                return claimNow(worker, tools, most);
            }
            throw e;
        }
    }

    private List<GivenJob> claimNow(long worker, List<RegisteredTool> tools, int most) {
        return jdbi.inTransaction(handle -> {
            RemoteStatements statements = handle.attach(RemoteStatements.class);
            if (statements.hold(worker).isEmpty()) {
                return List.of();
            }
            Map<String, Integer> rooms = rooms(statements, worker, tools, most);
            List<ClaimedJob> jobs = claimInTurns(handle, worker, tools, rooms, most);
            List<GivenJob> given = given(tools, jobs);
            note(statements, worker, given);
            return given;
        });
    }

    private static Map<String, Integer> rooms(
            RemoteStatements statements, long worker, List<RegisteredTool> tools, int most) {
        Map<String, Integer> held = statements.heldPerTool(worker).stream()
                .collect(Collectors.toMap(RemoteStatements.HeldOfTool::tool, RemoteStatements.HeldOfTool::jobs));
        return tools.stream().collect(Collectors.toMap(RegisteredTool::name, tool -> room(tool, held, most)));
    }

    private static int room(RegisteredTool tool, Map<String, Integer> held, int most) {
        Integer concurrency = tool.policy().concurrency();
        return concurrency == null ? most : Math.min(most, concurrency - held.getOrDefault(tool.name(), 0));
    }

    // In turns, so that neither kind of tools takes all slots for as long as its jobs wait.
    private List<ClaimedJob> claimInTurns(
            Handle handle, long worker, List<RegisteredTool> tools, Map<String, Integer> rooms, int most) {
        limitedFirst = !limitedFirst;
        List<ClaimedJob> jobs = new ArrayList<>();
        if (limitedFirst) {
            jobs.addAll(claimLimited(worker, rooms, most));
        }
        if (jobs.size() < most) {
            jobs.addAll(claimUnlimited(handle, worker, tools, rooms, most - jobs.size()));
        }
        if (!limitedFirst && jobs.size() < most) {
            jobs.addAll(claimLimited(worker, rooms, most - jobs.size()));
        }
        return jobs;
    }

    private List<ClaimedJob> claimLimited(long worker, Map<String, Integer> rooms, int most) {
        return limited.any() ? limited.claim(worker, most, tool -> rooms.getOrDefault(tool.name(), 0)) : List.of();
    }

    // If another node took the rows first, looks again at once: no notification may follow.
    private static List<ClaimedJob> claimUnlimited(
            Handle handle, long worker, List<RegisteredTool> tools, Map<String, Integer> rooms, int most) {
        Claimed jobs = lookOnce(handle, worker, tools, rooms, most);
        while (jobs.isEmpty() && jobs.isContested()) {
            jobs = lookOnce(handle, worker, tools, rooms, most);
        }
        return jobs;
    }

    private static Claimed lookOnce(
            Handle handle, long worker, List<RegisteredTool> tools, Map<String, Integer> rooms, int most) {
        List<RegisteredTool> open = tools.stream()
                .filter(tool -> !tool.policy().limits().acrossNodes() && rooms.get(tool.name()) > 0)
                .toList();
        if (open.isEmpty()) {
            return Claimed.of();
        }
        return handle.attach(JobTransitions.class)
                .claim(
                        worker,
                        open.stream().map(RegisteredTool::name).toArray(String[]::new),
                        open.stream().map(tool -> tool.policy().allowedLosses()).toArray(Integer[]::new),
                        open.stream().map(tool -> rooms.get(tool.name())).toArray(Integer[]::new),
                        most,
                        Claims.BYTES,
                        new UUID[0]);
    }

    private List<GivenJob> given(List<RegisteredTool> tools, List<ClaimedJob> jobs) {
        Map<String, RegisteredTool> byName =
                tools.stream().collect(Collectors.toMap(RegisteredTool::name, Function.identity()));
        return jobs.stream().map(job -> given(job, byName.get(job.tool()))).toList();
    }

    private GivenJob given(ClaimedJob job, RegisteredTool tool) {
        Duration timeout = Outcomes.timeout(job, tool.policy());
        return new GivenJob(
                job, timeout == null ? usualTimeout : timeout, tool.policy().version());
    }

    private static void note(RemoteStatements statements, long worker, List<GivenJob> given) {
        if (!given.isEmpty()) {
            statements.noteDeadlines(
                    worker,
                    given.stream().map(one -> one.job().lease().jobId()).toArray(UUID[]::new),
                    given.stream().map(one -> one.timeout().toMillis()).toArray(Long[]::new),
                    given.stream().map(GivenJob::version).toArray(String[]::new));
        }
    }
}
