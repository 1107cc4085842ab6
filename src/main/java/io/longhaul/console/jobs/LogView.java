package io.longhaul.console.jobs;

import io.longhaul.api.jobs.LogReader.Part;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.sql.JobQueries.LogLine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A part of a job's log.
 *
 * @param job the job
 * @param query what was asked for
 * @param part what was found
 * @param note what could not be found, or null
 * @param other where it is instead, or null
 * @param commands the same by other means
 */
public record LogView(Job job, LogQuery query, Part part, String note, String other, Commands commands) {
    /** Of longer lines only the beginning is shown, except for the line that was asked for. */
    private static final int LONGEST = 2_000;

    /** More attempts are reached by the address only. */
    private static final int ATTEMPTS = 20;

    /**
     * A piece of a line.
     *
     * @param text its characters
     * @param hit whether it is what was searched for
     */
    public record Piece(String text, boolean hit) {}

    /** The line in pieces, so that what was searched for can be marked. */
    public List<Piece> pieces(LogLine line) {
        String text = shown(line);
        String wanted = query.text();
        List<Piece> pieces = new ArrayList<>();
        int from = 0;
        for (int at = 0; !wanted.isEmpty() && at + wanted.length() <= text.length(); ) {
            if (text.regionMatches(true, at, wanted, 0, wanted.length())) {
                pieces.add(new Piece(text.substring(from, at), false));
                pieces.add(new Piece(text.substring(at, at + wanted.length()), true));
                at += wanted.length();
                from = at;
            } else {
                at++;
            }
        }
        pieces.add(new Piece(text.substring(from), false));
        return pieces;
    }

    private String shown(LogLine line) {
        return isCut(line) ? line.line().substring(0, LONGEST) : line.line();
    }

    /** True if the page does not show the whole line. */
    public boolean isCut(LogLine line) {
        return line.line().length() > LONGEST && !isTarget(line);
    }

    /** True for the line that was asked for. */
    public boolean isTarget(LogLine line) {
        return query.line() != null && line.lineNo() == query.line();
    }

    /** True for the first line that is shown of an attempt, among lines of several. */
    public boolean begins(LogLine line) {
        return job.attempt() > 1 && query.attempt() == null && begins(line, part.lines());
    }

    static boolean begins(LogLine line, List<LogLine> lines) {
        int at = lines.indexOf(line);
        return at == 0 || lines.get(at - 1).attempt() != line.attempt();
    }

    /** The line that was asked for, or null. */
    public LogLine target() {
        return part.lines().stream().filter(this::isTarget).findFirst().orElse(null);
    }

    /** The attempts to choose from; empty if there was only one. */
    public List<Integer> attempts() {
        int most = Math.min(job.attempt(), ATTEMPTS);
        return job.attempt() < 2
                ? List.of()
                : IntStream.rangeClosed(1, most).boxed().toList();
    }

    /** True if there may be lines before those that are shown. */
    public boolean hasBefore() {
        return isBackward()
                ? !part.complete()
                : !query.isSearch() && !part.lines().isEmpty();
    }

    /** True if there may be lines behind those that are shown. */
    public boolean hasBehind() {
        return isBackward() ? !query.isSearch() && !query.isEnd() : !part.complete();
    }

    /** How far a search came, in words. */
    public String reach() {
        return isBackward() ? "back to line " + part.lowest() : "up to line " + part.highest();
    }

    /** True if a search came to no end in its time. */
    public boolean isUnfinished() {
        return query.isSearch() && !part.complete() && part.lines().size() < LogPage.LINES;
    }

    private boolean isBackward() {
        return query.isEnd() || query.before() != null;
    }

    /** True if the end of the log is shown and more may come. */
    public boolean follows() {
        return query.isEnd() && !job.status().isFinal();
    }
}
