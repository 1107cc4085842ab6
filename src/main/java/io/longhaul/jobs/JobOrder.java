package io.longhaul.jobs;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** In which order jobs are listed. Ties in time are ordered by id, so that a place in the list is a place for good. */
public enum JobOrder {
    /** The newest first. */
    NEWEST("-created_at", "created_at", "DESC"),
    /** The oldest first. */
    OLDEST("created_at", "created_at", "ASC"),
    /** Ended jobs, those that ended last first. */
    ENDED_LAST("-completed_at", "completed_at", "DESC"),
    /** Ended jobs, those that ended first first. */
    ENDED_FIRST("completed_at", "completed_at", "ASC");

    private final String label;
    private final String column;
    private final String direction;

    JobOrder(String label, String column, String direction) {
        this.label = label;
        this.column = column;
        this.direction = direction;
    }

    /**
     * What clients write.
     *
     * @return a column, with a minus if it descends
     */
    public String label() {
        return label;
    }

    /**
     * All labels.
     *
     * @return in the order of the constants
     */
    public static List<String> labels() {
        return Arrays.stream(values()).map(JobOrder::label).toList();
    }

    /**
     * Reads a label.
     *
     * @param label such as {@code -created_at}
     * @return the order, or nothing for any other text
     */
    public static Optional<JobOrder> fromLabel(String label) {
        return Arrays.stream(values()).filter(o -> o.label.equals(label)).findFirst();
    }

    /**
     * The SQL of the order.
     *
     * @return fixed text about the table {@code jobs j}
     */
    public String sql() {
        return "j." + column + " " + direction + ", j.id " + direction;
    }

    /**
     * A job's time in this order.
     *
     * @param job a job of the list
     * @return the time
     */
    public Instant timeOf(Job job) {
        return column.equals("created_at") ? job.createdAt() : job.completedAt();
    }

    /** Only ended jobs have the time of their end. */
    String conditions() {
        return "j." + column + " IS NOT NULL";
    }

    /** Jobs behind a place; the time stands alone as well, because only that is what an index can be entered by. */
    String after() {
        String sign = direction.equals("ASC") ? ">" : "<";
        return "j." + column + " " + sign + "= :afterTime AND (j." + column + ", j.id) " + sign
                + " (:afterTime, :afterId)";
    }
}
