package io.longhaul.workers.remote;

import io.longhaul.jobs.Lease;
import io.longhaul.jobs.sql.JobTransitions;
import io.longhaul.jobs.sql.RateAndConcurrencyClaims;
import io.longhaul.loops.Loop;
import io.longhaul.telemetry.Telemetry;
import io.longhaul.tools.RegisteredTool;
import io.longhaul.workers.node.Node;
import io.longhaul.workers.run.Leases;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;

/**
 * Claims that wait for jobs, in the order in which they came. One thread serves them all; a waiting claim holds neither
 * a thread nor a connection to the database.
 */
public final class ClaimWaits {
    private static final Duration IDLE = Duration.ofMinutes(1);

    /** A claim is answered this long after its time even if the database does not answer. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final Jdbi jdbi;
    private final Telemetry telemetry;
    private final RemoteClaims claims;
    private final Duration lease;
    private final RunningMarker marker;
    private final Queue<Wait> waits = new ConcurrentLinkedQueue<>();
    private final Loop.WakeUp wakeUp = new Loop.WakeUp();
    private volatile boolean released;
    private long renewNanos = System.nanoTime();

    private static final class Wait {
        private final long worker;
        private final List<RegisteredTool> tools;
        private final int most;
        private final long untilNanos;
        private final CompletableFuture<List<GivenJob>> answer = new CompletableFuture<>();

        Wait(long worker, List<RegisteredTool> tools, int most, Duration longest) {
            this.worker = worker;
            this.tools = tools;
            this.most = most;
            this.untilNanos = System.nanoTime() + longest.toNanos();
        }

        boolean isOver() {
            return answer.isDone() || System.nanoTime() - untilNanos >= 0;
        }

        List<RegisteredTool> of(Set<String> names) {
            return tools.stream().filter(tool -> names.contains(tool.name())).toList();
        }
    }

    ClaimWaits(Node node, RemoteClaims claims, Duration lease) {
        this.jdbi = node.jdbi();
        this.telemetry = node.telemetry();
        this.claims = claims;
        this.lease = lease;
        this.marker = new RunningMarker(jdbi);
    }

    /** Raised when a step is due at once. */
    Loop.WakeUp due() {
        return wakeUp;
    }

    /**
     * Claims jobs as soon as there are any.
     *
     * @param worker its lease must have been renewed a moment ago
     * @param tools remote ones
     * @param longest the wait after which the answer is an empty list
     */
    public CompletableFuture<List<GivenJob>> claim(
            RemoteWorker worker, List<RegisteredTool> tools, int most, Duration longest) {
        Wait wait = new Wait(worker.id(), tools, most, longest);
        Duration last = longest.plus(PATIENCE);
        wait.answer.completeOnTimeout(List.of(), last.toMillis(), TimeUnit.MILLISECONDS);
        waits.add(wait);
        // Asked afterwards: a stop that came before has not seen the wait.
        if (released) {
            wait.answer.complete(List.of());
        }
        wakeUp.raise();
        return wait.answer;
    }

    /** Looks again, because there may be jobs. */
    public void wakeUp() {
        if (!waits.isEmpty()) {
            wakeUp.raise();
        }
    }

    /** Looks again, because jobs ended here and there may be room in limits. */
    void freed() {
        claims.freed();
        wakeUp();
    }

    /** Ends all waits, now and from now on, because this node stops. */
    void release() {
        released = true;
        waits.forEach(wait -> wait.answer.complete(List.of()));
    }

    /** A step of the loop. */
    Duration step() {
        Duration again = serveAll();
        // Last, so that claims are served even while this fails.
        return shorter(again, marker.step());
    }

    private Duration serveAll() {
        if (waits.isEmpty()) {
            return IDLE;
        }
        renew();
        serve();
        waits.removeIf(ClaimWaits::ended);
        return waits.isEmpty() ? IDLE : shorter(claims.rest(), untilOver());
    }

    // Completed here, and not only by its timeout, so that no job is claimed for a worker that has gone.
    private static boolean ended(Wait wait) {
        if (wait.isOver()) {
            wait.answer.complete(List.of());
        }
        return wait.answer.isDone();
    }

    private Duration untilOver() {
        long now = System.nanoTime();
        return Duration.ofNanos(
                waits.stream().mapToLong(wait -> wait.untilNanos - now).min().orElse(IDLE.toNanos()));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void renew() {
        if (System.nanoTime() - renewNanos < 0) {
            return;
        }
        Long[] workers = waits.stream().map(wait -> wait.worker).distinct().toArray(Long[]::new);
        jdbi.useExtension(RemoteStatements.class, s -> s.renewAll(workers, lease.toMillis()));
        renewNanos = System.nanoTime() + lease.dividedBy(3).toNanos();
    }

    private void serve() {
        Set<String> ready = ready();
        for (Wait wait : waits) {
            List<RegisteredTool> tools = wait.of(ready);
            if (!tools.isEmpty() && !wait.answer.isDone()) {
                long begin = System.nanoTime();
                List<GivenJob> jobs = claims.claim(wait.worker, tools, wait.most);
                telemetry.claimed(jobs.size(), Duration.ofNanos(System.nanoTime() - begin));
                give(wait, jobs);
                ready = jobs.isEmpty() ? ready : ready();
            }
        }
    }

    /** The tools that have jobs, asked for all waits at once: however many wait, an idle queue costs one look. */
    private Set<String> ready() {
        String[] names = waits.stream()
                .filter(wait -> !wait.answer.isDone())
                .flatMap(wait -> wait.tools.stream().map(RegisteredTool::name))
                .distinct()
                .toArray(String[]::new);
        return names.length == 0
                ? Set.of()
                : new HashSet<>(jdbi.withExtension(RateAndConcurrencyClaims.class, l -> l.waiting(names)));
    }

    private void give(Wait wait, List<GivenJob> jobs) {
        if (jobs.isEmpty()) {
            return;
        }
        List<Lease> leases = jobs.stream().map(job -> job.job().lease()).toList();
        if (wait.answer.complete(jobs)) {
            jobs.forEach(job -> telemetry.started(job.job()));
            marker.add(leases);
        } else {
            unclaim(leases);
        }
    }

    private void unclaim(Collection<Lease> leases) {
        Leases sorted = Leases.sorted(leases);
        jdbi.useExtension(JobTransitions.class, t -> t.unclaim(sorted.ids(), sorted.attempts(), sorted.nodes()));
    }
}
