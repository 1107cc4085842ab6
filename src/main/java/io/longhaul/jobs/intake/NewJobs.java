package io.longhaul.jobs.intake;

import io.longhaul.jobs.JobExtras;
import io.longhaul.jobs.JobSignals;
import io.longhaul.jobs.sql.ChainTransitions;
import io.longhaul.jobs.sql.FairQueue;
import io.longhaul.jobs.sql.JobInserts;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/** Writes many new jobs in one statement. */
public final class NewJobs {
    /**
     * Two statements that wait for each other's keys would be a deadlock, so all insert keys in the same order.
     * Jobs without a key keep their order.
     */
    private static final Comparator<NewJob> BY_KEY = Comparator.comparing(
            job -> job.submission().idempotencyKey(), Comparator.nullsFirst(Comparator.naturalOrder()));

    private NewJobs() {}

    /** The statements that accept jobs, on one connection. */
    public interface Statements extends JobInserts, FairQueue {}

    /**
     * Stores jobs, which must all be of one batch or of none. Returns the new rows by job; a job whose
     * idempotency key is taken has none.
     */
    public static Map<UUID, JobInserts.Accepted> insert(
            Statements statements, IntakeHints hints, List<NewJob> unordered) {
        boolean keyed = unordered.stream().anyMatch(job -> job.submission().idempotencyKey() != null);
        List<NewJob> jobs = keyed ? unordered.stream().sorted(BY_KEY).toList() : unordered;
        Enqueue enqueue = keyed ? statements::enqueue : statements::enqueueWithoutKeys;
        Map<UUID, JobInserts.Accepted> rows = new HashMap<>();
        enqueue.run(
                        jobs.stream().map(NewJob::id).toArray(UUID[]::new),
                        texts(jobs, Submission::tool),
                        texts(jobs, Submission::traceId),
                        texts(jobs, Submission::params),
                        numbers(jobs, Submission::priority),
                        texts(jobs, s -> text(s.runAt())),
                        numbers(jobs, Submission::maxAttempts),
                        numbers(jobs, NewJobs::timeout),
                        numbers(jobs, s -> (int) s.ttl().toSeconds()),
                        texts(jobs, Submission::idempotencyKey),
                        jobs.stream().map(NewJob::hash).toArray(String[]::new),
                        extras(statements, hints, jobs),
                        batch(jobs))
                .forEach(row -> rows.put(row.id(), row));
        return rows;
    }

    /** One of the two statements that store jobs. */
    private interface Enqueue {
        List<JobInserts.Accepted> run(
                UUID[] ids,
                String[] tools,
                String[] traceIds,
                String[] params,
                Integer[] priorities,
                String[] runAts,
                Integer[] maxAttempts,
                Integer[] timeouts,
                Integer[] ttls,
                String[] keys,
                String[] hashes,
                String[] extras,
                UUID batch);
    }

    /** Reports the concurrency keys of committed jobs. */
    static void tellKeys(IntakeHints hints, Stream<Submission> committed) {
        List<String> keys = committed
                .map(s -> s.extras().concurrencyKey())
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        if (!keys.isEmpty()) {
            JobSignals.tell(() -> hints.keysWaiting(keys));
        }
    }

    /** Stores the predecessors of new jobs. */
    static void await(Handle handle, List<NewJob> jobs) {
        List<Awaited> all = jobs.stream()
                .flatMap(job -> job.submission().extras().after().stream().map(after -> new Awaited(job, after)))
                .toList();
        if (!all.isEmpty()) {
            handle.attach(ChainTransitions.class)
                    .await(
                            all.stream().map(a -> a.job().id()).toArray(UUID[]::new),
                            all.stream().map(Awaited::after).toArray(UUID[]::new),
                            all.stream()
                                    .map(a -> a.job().submission().extras().afterAny())
                                    .toArray(Boolean[]::new),
                            all.stream()
                                    .map(a -> text(a.job().submission().runAt()))
                                    .toArray(String[]::new));
        }
    }

    private record Awaited(NewJob job, UUID after) {}

    private static UUID batch(List<NewJob> jobs) {
        return jobs.isEmpty() ? null : jobs.get(0).submission().extras().batchId();
    }

    private static Integer timeout(Submission s) {
        return s.timeout() == null ? null : (int) s.timeout().toSeconds();
    }

    private static String[] texts(List<NewJob> jobs, Function<Submission, String> field) {
        return jobs.stream().map(j -> field.apply(j.submission())).toArray(String[]::new);
    }

    private static Integer[] numbers(List<NewJob> jobs, Function<Submission, Integer> field) {
        return jobs.stream().map(j -> field.apply(j.submission())).toArray(Integer[]::new);
    }

    private static String text(Instant time) {
        return time == null ? null : time.toString();
    }

    /**
     * The extras of each job as JSON with its queue number, or null. Numbers are looked up only if a job needs
     * one.
     */
    private static String[] extras(FairQueue queue, IntakeHints hints, List<NewJob> jobs) {
        Map<Integer, Long> places =
                jobs.stream().anyMatch(job -> needsPlace(hints, job.submission())) ? places(queue, jobs) : Map.of();
        String[] extras = new String[jobs.size()];
        for (int i = 0; i < extras.length; i++) {
            extras[i] = with(limited(hints, jobs.get(i).submission()).json(), places.get(i));
        }
        return extras;
    }

    /** The limit of the tool is no part of the client's request, which a replay compares. */
    private static JobExtras limited(IntakeHints hints, Submission job) {
        Integer own = job.extras().startWithinSeconds();
        Integer usual = own == null ? hints.startWithinSeconds(job.tool()) : null;
        return usual == null ? job.extras() : job.extras().but(extras -> extras.startWithinSeconds = usual);
    }

    private static boolean needsPlace(IntakeHints hints, Submission job) {
        return job.extras().fairnessKey() != null || hints.isFair(job.tool());
    }

    private static Map<Integer, Long> places(FairQueue queue, List<NewJob> jobs) {
        List<Submission> all = jobs.stream().map(NewJob::submission).toList();
        Map<Integer, Long> places = new HashMap<>();
        queue.places(
                        all.stream().map(Submission::tool).toArray(String[]::new),
                        all.stream().map(Submission::priority).toArray(Integer[]::new),
                        all.stream().map(s -> s.extras().fairnessKey()).toArray(String[]::new))
                .forEach(place -> places.put(place.row(), place.place()));
        return places;
    }

    private static String with(String json, Long place) {
        if (place == null) {
            return json;
        }
        String member = "\"place\":" + place + "}";
        return json == null ? "{" + member : json.substring(0, json.length() - 1) + "," + member;
    }
}
