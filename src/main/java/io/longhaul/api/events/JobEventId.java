package io.longhaul.api.events;

import io.longhaul.jobs.JobState;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A client's position in the events of a job, as the id of an event. It is valid on every node.
 *
 * @param attempt attempt of the last state that was sent
 * @param status label of that state, or {@code none}
 * @param line number of the last log line that was sent, or 0
 */
record JobEventId(int attempt, String status, long line) {
    static final JobEventId NOTHING = new JobEventId(0, "none", 0);

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,9})\\.([a-z]{1,20})\\.([0-9]{1,18})");

    /** Anything else means the start. */
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

    /** Tells whether this final state was sent. */
    boolean isEndOf(JobState state) {
        return state.status().isFinal()
                && state.attempt() == attempt
                && state.status().label().equals(status);
    }
}
