package io.longhaul.console.jobs;

import io.longhaul.api.jobs.JobAttempts.Attempt;
import io.longhaul.console.Words;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobStatus;
import io.longhaul.jobs.Waiting;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What happened to a job, in order. */
public final class Timeline {
    /** Reasons that end when the job's {@code run_at} comes. */
    private static final Set<Waiting.Reason> BY_CLOCK = Set.of(Waiting.Reason.RUN_AT, Waiting.Reason.RETRY);

    private final Job job;
    private final Instant lease;
    private final List<Step> steps = new ArrayList<>();
    private Instant last;
    private Attempt before;

    private Timeline(Job job, Instant lease) {
        this.job = job;
        this.lease = lease;
    }

    /**
     * One thing that happened.
     *
     * @param icon its symbol in the sprite
     * @param kind colours it: the label of a status, {@code lost}, {@code given_back}, or {@code fact}
     * @param title one short sentence, in which jobs are links
     * @param detail more about it, or null
     * @param error the error of a failed attempt, or null
     * @param at the time of what the title says, or null if unknown
     * @param attempt the attempt that it is, or 0
     */
    public record Step(
            String icon,
            String kind,
            List<Sentence.Part> title,
            String detail,
            String error,
            Instant at,
            int attempt) {}

    /** @param lease until when the node of a running job holds it, or null if unknown */
    static List<Step> of(Job job, List<Attempt> attempts, Instant lease) {
        Timeline timeline = new Timeline(job, lease);
        timeline.submitted();
        attempts.forEach(timeline::attempt);
        timeline.rest();
        return timeline.steps;
    }

    private void submitted() {
        String by =
                job.extras().principal() == null ? null : "by " + job.extras().principal();
        String from = job.extras().scheduleId() == null ? by : "by a schedule";
        add("send", "fact", "Submitted", from, null, job.createdAt());
        last = job.createdAt();
    }

    private void attempt(Attempt attempt) {
        Instant started = time(attempt.startedAt());
        Instant told = attempt.endedAt() == null ? started : time(attempt.endedAt());
        String where = attempt.node() == null ? "" : " on " + attempt.node();
        String title = "Attempt " + attempt.attempt() + where + ": " + words(attempt.status());
        steps.add(new Step(
                icon(attempt.status()),
                attempt.status(),
                Sentence.plain(title),
                detail(attempt, started),
                attempt.error(),
                told,
                attempt.attempt()));
        last = told;
        before = attempt;
    }

    private String detail(Attempt attempt, Instant started) {
        List<String> parts = new ArrayList<>();
        Duration gap = started == null || last == null ? Duration.ZERO : Duration.between(since(started), started);
        if (isHandover(attempt)) {
            parts.add(handover(attempt, started, gap));
        } else if (gap.toMillis() > 0) {
            parts.add("waited " + Words.duration(gap));
        }
        if (attempt.durationMs() != null) {
            String verb = attempt.status().equals("running") ? "runs for " : "ran for ";
            parts.add(verb + Words.duration(Duration.ofMillis(attempt.durationMs())));
        }
        if (attempt.status().equals("running") && lease != null) {
            parts.add(leased(attempt.node()));
        }
        return parts.isEmpty() ? null : String.join(", ", parts);
    }

    /** Since when it waits, or waited until a time. */
    private Instant since(Instant end) {
        return before == null ? JobRow.firstSince(job, end) : last;
    }

    /** True if another node goes on, or the same one after it was lost. */
    private boolean isHandover(Attempt attempt) {
        if (before == null || attempt.node() == null) {
            return false;
        }
        return "lost".equals(before.status())
                || ("given_back".equals(before.status()) && !attempt.node().equals(before.node()));
    }

    /** Nobody worked on the job since the last sign of life of the node before. */
    private String handover(Attempt attempt, Instant started, Duration gap) {
        Instant heard = time(before.heardAt());
        // The end of a lost attempt is when the loss was noticed, long after its node was last heard.
        boolean isUnknown = heard == null && "lost".equals(before.status());
        Duration silence = heard == null || started == null ? gap : Duration.between(heard, started);
        String from = before.node() == null || before.node().equals(attempt.node()) ? "" : " from " + before.node();
        return attempt.node() + " took over" + from + (isUnknown ? "" : " after " + Words.duration(silence));
    }

    private String leased(String node) {
        return lease.isAfter(job.readAt())
                ? "held by " + node + ", whose lease ends " + Words.ago(lease, job.readAt()) + " unless renewed"
                : node + " has not renewed its lease: another node takes over";
    }

    private void rest() {
        if (job.status() == JobStatus.PENDING) {
            waits();
        } else if (job.status() == JobStatus.CANCELLED && !endedBy(JobStatus.CANCELLED)) {
            add("ban", "cancelled", "Cancelled", null, null, job.completedAt());
        }
        if (job.status().isFinal() && job.expiresAt() != null) {
            add("timer", "fact", "May be removed", null, null, job.expiresAt());
        }
    }

    /** What is to come has its time; what lasts has none of its own, but a length. */
    private void waits() {
        boolean later = job.runAt() != null && job.runAt().isAfter(job.readAt());
        if (later && (job.waiting() == null || BY_CLOCK.contains(job.waiting().reason()))) {
            steps.add(new Step("clock", "pending", waiting(), null, null, job.runAt(), 0));
        } else {
            String length = "for " + Words.duration(Duration.between(since(job.readAt()), job.readAt()));
            steps.add(new Step("clock", "pending", waiting(), length, null, null, 0));
        }
    }

    /** True if the last attempt has told the end of the job. */
    private boolean endedBy(JobStatus status) {
        return before != null && before.status().equals(status.label());
    }

    private List<Sentence.Part> waiting() {
        if (job.waiting() != null) {
            return Sentence.of(job.waiting().message(), job.waiting().jobs());
        }
        boolean isLater = job.runAt() != null && job.runAt().isAfter(job.readAt());
        return Sentence.plain(
                isLater
                        ? (job.attempt() > 0 ? "Next attempt " : "Starts ") + Words.ago(job.runAt(), job.readAt())
                        : "Waits for a free slot");
    }

    private void add(String icon, String kind, String title, String detail, String error, Instant at) {
        steps.add(new Step(icon, kind, Sentence.plain(title), detail, error, at, 0));
    }

    private static String words(String status) {
        return switch (status) {
            case "running" -> "began";
            case "lost" -> "its node was lost";
            case "waiting_for_input" -> "waits for an answer";
            case "given_back" -> "given back, because its node stopped";
            default -> status;
        };
    }

    private static String icon(String status) {
        return switch (status) {
            case "running" -> "play";
            case "completed" -> "circle-check";
            case "cancelled" -> "ban";
            case "given_back" -> "rotate-cw";
            case "waiting_for_input" -> "clock";
            default -> "circle-x";
        };
    }

    private static Instant time(String iso) {
        return iso == null ? null : OffsetDateTime.parse(iso).toInstant();
    }
}
