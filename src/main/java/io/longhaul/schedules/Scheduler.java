package io.longhaul.schedules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionCheck;
import io.longhaul.jobs.intake.SubmissionRejected;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Makes the jobs of due schedules. Any node may: a schedule is locked while its jobs are made, and its next time is
 * written with them. So a tick makes one job, even if several nodes compete or one dies meanwhile.
 */
public final class Scheduler {
    /** Upper bound on the delay until a schedule that another node made or changed is seen. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(20);

    /** The time after which a schedule is tried again that no node could read. */
    private static final Duration UNREADABLE_WAIT = Duration.ofHours(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Jdbi jdbi;
    private final Supplier<String[]> tools;
    private final Function<Schedule, Submission> submissions;
    private final SubmissionCheck check;
    private final JointCommit commits;

    /** Schedules whose cron or time zone this node cannot read; others are given the time to run them. */
    private final Set<UUID> unreadable = new HashSet<>();

    /**
     * Creates a scheduler.
     *
     * @param tools names of the tools of this node, which may become more
     * @param submissions makes the submission of a schedule; an exception is recorded as the schedule's error
     * @param check refuses submissions
     */
    public Scheduler(
            Jdbi jdbi,
            Supplier<String[]> tools,
            Function<Schedule, Submission> submissions,
            SubmissionCheck check,
            JointCommit commits) {
        this.jdbi = jdbi;
        this.tools = tools;
        this.submissions = submissions;
        this.check = check;
        this.commits = commits;
    }

    /**
     * Runs all due schedules.
     *
     * @return the wait until the next one may be due
     */
    public Duration run() {
        while (runOne()) {
            commits.committed();
        }
        Optional<Long> millis = jdbi.withExtension(Schedules.class, s -> s.millisUntilDue(tools.get(), unreadable()));
        Duration wait = millis.map(Duration::ofMillis).orElse(LONGEST_WAIT);
        return wait.compareTo(SHORTEST_WAIT) < 0
                ? SHORTEST_WAIT
                : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private boolean runOne() {
        AtomicReference<Schedule> taken = new AtomicReference<>();
        try {
            jdbi.useTransaction(handle -> {
                handle.attach(Schedules.class)
                        .takeDue(tools.get(), unreadable())
                        .ifPresent(schedule -> {
                            taken.set(schedule);
                            if (!isLeftToOthers(schedule)) {
                                run(handle, schedule);
                            }
                        });
            });
        } catch (RuntimeException e) {
            // If the database is away, the schedule is not at fault, and nothing can be written.
            if (taken.get() == null
                    || (e instanceof JdbiException && !DatabaseFault.of(e).refuses())) {
                throw e;
            }
            postpone(taken.get(), e);
        }
        return taken.get() != null;
    }

    private UUID[] unreadable() {
        return unreadable.toArray(UUID[]::new);
    }

    /** If the same schedule is taken again, no other node has run it in time. */
    private boolean isLeftToOthers(Schedule schedule) {
        try {
            schedule.times();
            unreadable.remove(schedule.id());
            return false;
        } catch (IllegalArgumentException e) {
            return unreadable.add(schedule.id());
        }
    }

    private void run(Handle handle, Schedule schedule) {
        Schedules schedules = handle.attach(Schedules.class);
        DueRuns due = DueRuns.at(
                schedule.readAt(),
                schedule.nextRunAt(),
                schedule.times(),
                Misfire.fromLabel(schedule.misfire()).orElse(Misfire.RUN_ONCE));
        Job last = null;
        String error = due.leftOut() ? "Runs were missed and left out, as misfire says." : null;
        try {
            int runs = runs(schedules, schedule, due);
            if (runs > 0) {
                Submission submission = submissions.apply(schedule);
                check.check(submission);
                List<Job> jobs = commits.write(handle, Collections.nCopies(runs, submission));
                last = jobs.get(jobs.size() - 1);
            } else if (!due.runs().isEmpty()) {
                error = "Left out, because job " + schedule.lastJobId() + " has not ended.";
            }
        } catch (SubmissionRejected e) {
            error = e.getMessage();
        }
        schedules.ran(
                schedule.id(), text(schedule.nextRunAt()), text(due.next()), last == null ? null : last.id(), error);
    }

    // An error holds up only this one schedule, and only until its next time.
    private void postpone(Schedule schedule, RuntimeException failure) {
        String next = text(nextOf(schedule));
        String error = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        jdbi.useExtension(Schedules.class, s -> s.ran(schedule.id(), text(schedule.nextRunAt()), next, null, error));
    }

    private static Instant nextOf(Schedule schedule) {
        try {
            return schedule.times().next(schedule.readAt()).orElse(null);
        } catch (IllegalArgumentException e) {
            // Not null, which would end the schedule on all nodes: one that can read it may start later.
            return schedule.readAt().plus(UNREADABLE_WAIT);
        }
    }

    /** The number of jobs to make. */
    private static int runs(Schedules schedules, Schedule schedule, DueRuns due) {
        if (mayOverlap(schedule)) {
            return due.runs().size();
        }
        boolean busy = schedule.lastJobId() != null && !schedules.hasEnded(schedule.lastJobId());
        return busy ? 0 : Math.min(1, due.runs().size());
    }

    /** Returns true if a run may begin before the previous one has ended. */
    private static boolean mayOverlap(Schedule schedule) {
        try {
            return !"skip"
                    .equals(JSON.readTree(schedule.options()).path("overlap").asText());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("The column options of schedules holds JSON", e);
        }
    }

    private static String text(Instant time) {
        return time == null ? null : time.toString();
    }
}
