package io.longhaul.schedules;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.faults.DatabaseFault;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionCheck;
import io.longhaul.jobs.intake.SubmissionRejected;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Makes the jobs of schedules that are due. Any node may: a schedule is locked while its jobs are made, and its next time
 * is written with them, so a tick makes one job whoever comes first and whatever dies meanwhile.
 */
public final class Scheduler {
    /** A schedule that another node made or changed is seen this late at the latest. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    private static final Duration SHORTEST_WAIT = Duration.ofMillis(20);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Jdbi jdbi;
    private final Supplier<String[]> tools;
    private final Function<Schedule, Submission> submissions;
    private final SubmissionCheck check;
    private final JointCommit commits;

    /**
     * Wires it.
     *
     * @param jdbi the database
     * @param tools names of the tools of this node, which may become more
     * @param submissions makes the submission of a schedule; what it throws is told as the schedule's error
     * @param check what submissions must pass
     * @param commits writes them
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
     * Runs all schedules that are due.
     *
     * @return how long until the next one may be
     */
    public Duration run() {
        while (runOne()) {
            commits.committed();
        }
        Optional<Long> millis = jdbi.withExtension(Schedules.class, s -> s.millisUntilDue(tools.get()));
        Duration wait = millis.map(Duration::ofMillis).orElse(LONGEST_WAIT);
        return wait.compareTo(SHORTEST_WAIT) < 0
                ? SHORTEST_WAIT
                : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    private boolean runOne() {
        AtomicReference<Schedule> taken = new AtomicReference<>();
        try {
            jdbi.useTransaction(handle -> {
                handle.attach(Schedules.class).takeDue(tools.get()).ifPresent(schedule -> {
                    taken.set(schedule);
                    run(handle, schedule);
                });
            });
        } catch (RuntimeException e) {
            // With the database away there is nothing wrong with the schedule, and nothing to be written.
            if (taken.get() == null
                    || (e instanceof JdbiException && !DatabaseFault.of(e).refuses())) {
                throw e;
            }
            postpone(taken.get(), e);
        }
        return taken.get() != null;
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
        schedules.ran(schedule.id(), text(due.next()), last == null ? null : last.id(), error);
    }

    // Only this one schedule is held up by what is wrong with it, and only until its next time.
    private void postpone(Schedule schedule, RuntimeException failure) {
        String next = nextOf(schedule).map(Scheduler::text).orElse(null);
        String error = failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        jdbi.useExtension(Schedules.class, s -> s.ran(schedule.id(), next, null, error));
    }

    private static Optional<Instant> nextOf(Schedule schedule) {
        try {
            return schedule.times().next(schedule.readAt());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** How many jobs to make. */
    private static int runs(Schedules schedules, Schedule schedule, DueRuns due) {
        if (mayOverlap(schedule)) {
            return due.runs().size();
        }
        boolean busy = schedule.lastJobId() != null && !schedules.hasEnded(schedule.lastJobId());
        return busy ? 0 : Math.min(1, due.runs().size());
    }

    /** Whether a run may begin while the one before has not ended. */
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
