package io.longhaul.api.events;

import io.longhaul.jobs.JobState;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How much of a job a client has been told, as the id of an event; it means the same on every node.
 *
 * @param attempt the attempt of the last state it was told
 * @param status the label of that state, or {@code none}
 * @param line number of the last log line it was told, or 0
 */
record JobEventId(int attempt, String status, long line) {
    static final JobEventId NOTHING = new JobEventId(0, "none", 0);

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})\\.([a-z]{1,20})\\.([0-9]{1,18})");

    /** Whoever sends something else is told everything. */
    static JobEventId parse(String text) {
        Matcher parts = TEXT.matcher(text == null ? "" : text);
        return parts.matches()
                ? new JobEventId(Integer.parseInt(parts.group(1)), parts.group(2), Long.parseLong(parts.group(3)))
                : NOTHING;
    }

    String text() {
        return attempt + "." + status + "." + line;
    }

    JobEventId at(JobState state) {
        return new JobEventId(state.attempt(), state.status().label(), line);
    }

    JobEventId after(long lineNo) {
        return new JobEventId(attempt, status, Math.max(line, lineNo));
    }

    /** Whether it was told this state, and nothing can follow it. */
    boolean isEndOf(JobState state) {
        return state.status().isFinal()
                && state.attempt() == attempt
                && state.status().label().equals(status);
    }
}
