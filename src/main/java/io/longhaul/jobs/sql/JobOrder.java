package io.longhaul.jobs.sql;

import io.longhaul.jobs.Job;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The order of a list of jobs. Jobs with the same time are ordered by id, so a position in the list stays valid. */
public enum JobOrder {
    /** The newest first. */
    NEWEST("-created_at", "created_at", "DESC"),
    /** The oldest first. */
    OLDEST("created_at", "created_at", "ASC"),
    /** Ended jobs, the latest end first. */
    ENDED_LAST("-completed_at", "completed_at", "DESC"),
    /** Ended jobs, the earliest end first. */
    ENDED_FIRST("completed_at", "completed_at", "ASC");

    private final String label;
    private final String column;
    private final String direction;

    JobOrder(String label, String column, String direction) {
        this.label = label;
        this.column = column;
        this.direction = direction;
    }

    /** The text that clients send: a column, with a minus for descending order. */
    public String label() {
        return label;
    }

    /** All labels, in the order of the constants. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(JobOrder::label).toList();
    }

    /** The order with this label, or nothing for any other text. */
    public static Optional<JobOrder> fromLabel(String label) {
        return Arrays.stream(values()).filter(o -> o.label.equals(label)).findFirst();
    }

    /** Fixed SQL text for the table {@code jobs j}. */
    public String sql() {
        return "j." + column + " " + direction + ", j.id " + direction;
    }

    /** True for the order of the submits, false for that of the ends. */
    boolean isOfSubmits() {
        return column.equals("created_at");
    }

    /** The time by which this order sorts the job. */
    public Instant timeOf(Job job) {
        return timeOf(job.createdAt(), job.completedAt());
    }

    /** The one of the two times by which this order sorts. */
    public Instant timeOf(Instant createdAt, Instant completedAt) {
        return isOfSubmits() ? createdAt : completedAt;
    }

    /** Jobs without the time of this order are not listed: only ended jobs have the time of their end. */
    // A condition that always holds would keep PostgreSQL from counting in the index of the status alone.
    String conditions() {
        return isOfSubmits() ? "TRUE" : "j." + column + " IS NOT NULL";
    }

    /**
     * Jobs after a position. The time is compared once more on its own, because an index can be entered only by
     * that.
     */
    String after() {
        String sign = direction.equals("ASC") ? ">" : "<";
        return "j." + column + " " + sign + "= :afterTime AND (j." + column + ", j.id) " + sign
                + " (:afterTime, :afterId)";
    }
}
