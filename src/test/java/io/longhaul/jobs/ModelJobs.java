package io.longhaul.jobs;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** A model of the rules for jobs, in a few lines of Java and without a database. */
final class ModelJobs {
    static final int MAX_LOSSES = 1;

    /** A job of the model. */
    static final class ModelJob {
        final UUID id;
        final int priority;
        long place;
        String status = "pending";
        int attempt;
        int failures;
        int losses;
        boolean delayed;
        boolean due;
        boolean late;
        boolean limited;
        Lease lease;

        ModelJob(UUID id, int priority, long place) {
            this.id = id;
            this.priority = priority;
            this.place = place;
        }

        boolean waits() {
            return status.equals("pending");
        }

        /** Only before its first attempt, and only if it has a limit. */
        boolean mayExpire() {
            return limited && attempt == 0;
        }

        boolean ended() {
            return !status.equals("pending") && !status.equals("running");
        }

        /** The same text as {@code StateWalkTest.STATE} reads from the database. */
        String state() {
            String leased = lease == null ? "-" : lease.attempt() + "@" + lease.nodeId();
            return String.join(
                    " ", status, "a" + attempt, "f" + failures, "l" + losses, delayed ? "delayed" : "ready", leased);
        }

        private void endAttempt(String next) {
            attempt = lease.attempt();
            lease = null;
            status = next;
        }
    }

    final Map<UUID, ModelJob> jobs = new LinkedHashMap<>();
    final List<Lease> leases = new ArrayList<>();
    final List<Long> nodes = new ArrayList<>();
    final Set<Long> alive = new HashSet<>();
    final Map<String, UUID> keys = new HashMap<>();
    private long places;

    void submitted(UUID id, int priority) {
        jobs.put(id, new ModelJob(id, priority, ++places));
    }

    /** The next jobs of a claim, at most so many. */
    List<UUID> next(long node, int limit) {
        if (!alive.contains(node)) {
            return List.of();
        }
        return jobs.values().stream()
                .filter(j -> j.status.equals("pending") && !j.delayed && j.lease == null && !j.late)
                .sorted(Comparator.comparing((ModelJob j) -> -j.priority).thenComparing(j -> j.place))
                .limit(limit)
                .map(j -> j.id)
                .toList();
    }

    Lease claimed(UUID id, long node) {
        ModelJob job = jobs.get(id);
        job.lease = new Lease(id, job.attempt + 1, node);
        leases.add(job.lease);
        return job.lease;
    }

    /** True if a lease is still valid for a write. */
    boolean holds(Lease lease) {
        ModelJob job = jobs.get(lease.jobId());
        return job != null && lease.equals(job.lease);
    }

    boolean shown(Lease lease) {
        boolean holds = holds(lease) && jobs.get(lease.jobId()).status.equals("pending");
        if (holds) {
            jobs.get(lease.jobId()).status = "running";
        }
        return holds;
    }

    /** Ends an attempt under a valid lease: completed, failed, later (failed and delayed) or back. */
    boolean ended(Lease lease, String how) {
        if (!holds(lease)) {
            return false;
        }
        ModelJob job = jobs.get(lease.jobId());
        job.endAttempt(how.equals("completed") || how.equals("failed") ? how : "pending");
        if (how.equals("failed") || how.equals("later")) {
            job.failures++;
        }
        job.delayed = how.equals("later") || job.delayed && how.equals("back");
        job.due = false;
        job.late = false;
        return true;
    }

    boolean cancelled(UUID id) {
        ModelJob job = jobs.get(id);
        if (job == null || job.ended()) {
            return false;
        }
        if (job.lease != null) {
            job.endAttempt("cancelled");
        }
        job.status = "cancelled";
        job.late = false;
        return true;
    }

    Set<UUID> rescued() {
        return each(job -> job.lease != null && !alive.contains(job.lease.nodeId()), job -> {
            job.endAttempt(job.losses < MAX_LOSSES ? "pending" : "failed");
            job.losses++;
            job.late = false;
        });
    }

    Set<UUID> expired() {
        return each(job -> job.waits() && job.lease == null && job.late && job.mayExpire(), job -> {
            job.status = "failed";
            job.late = false;
        });
    }

    int lifted() {
        return each(job -> job.waits() && job.late && !job.mayExpire(), job -> job.late = false)
                .size();
    }

    int released() {
        return each(job -> job.status.equals("pending") && job.delayed && job.due, job -> {
                    job.delayed = false;
                    job.due = false;
                })
                .size();
    }

    int requeued() {
        return each(job -> job.status.equals("running") && job.lease == null, job -> {
                    job.status = "pending";
                    job.attempt++;
                    job.losses++;
                    job.late = false;
                })
                .size();
    }

    int cleaned() {
        Set<UUID> gone = each(job -> job.ended() && job.late, job -> {});
        jobs.keySet().removeAll(gone);
        keys.values().removeAll(gone);
        return gone.size();
    }

    private Set<UUID> each(Predicate<ModelJob> which, Consumer<ModelJob> change) {
        Set<UUID> changed = new HashSet<>();
        for (ModelJob job : jobs.values()) {
            if (which.test(job)) {
                change.accept(job);
                changed.add(job.id);
            }
        }
        return changed;
    }

    /** Sets the queue numbers of new jobs to those that the database gave them. */
    void place(UUID id, long place) {
        jobs.get(id).place = place;
    }
}
