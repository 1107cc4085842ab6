package io.longhaul.cli.remote;

import io.longhaul.client.Job;
import io.longhaul.client.JobEvent;
import io.longhaul.client.JobEvents;
import io.longhaul.client.LonghaulClient;
import io.longhaul.client.LonghaulException;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Shows the progress and the log of a job on standard error while somebody waits for it: a bar with the time that is
 * probably left on a terminal, and lines elsewhere. The wait itself does not depend on it.
 */
final class Following implements AutoCloseable {
    private static final int BAR = 24;
    private static final int LEAST_BAR = 4;

    /** The frame, the percent, and the time that is left, such as {@code [] 42 %, 12m30s left}. */
    private static final int BESIDE = 23;

    private static final int KEPT = 200;
    private static final String CLEAR_LINE = "\r\u001B[K";

    /** With a server that is slow to send the next line. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Shell shell;
    private final JobEvents events;
    private final Thread thread;
    private final boolean bar;
    private long begun;
    private double firstFraction;
    private String shown = "";
    private Instant attemptBegan;
    private int attempt;
    private String lastState = "";
    private String lastProgress = "";
    private long shownEvents;
    private boolean closed;

    /** The last lines of the log that were shown. */
    private final Deque<String> log = new ArrayDeque<>();

    private Following(LonghaulClient client, UUID job, Shell shell) {
        this.shell = shell;
        this.bar = shell.terminals().err();
        this.events = client.events(job);
        this.thread = new Thread(this::follow, "follow");
        thread.setDaemon(true);
    }

    static Following of(LonghaulClient client, UUID job, Shell shell) {
        Following following = new Following(client, job, shell);
        following.thread.start();
        return following;
    }

    private void follow() {
        try {
            while (events.hasNext()) {
                show(events.next());
            }
        } catch (LonghaulException e) {
            // The wait says what is wrong.
            return;
        }
    }

    private synchronized void show(JobEvent event) {
        shownEvents++;
        if (closed) {
            return;
        }
        if (event instanceof JobEvent.Logged logged) {
            line(JobText.log(logged.line()));
            keep(logged.line().line());
        } else if (event instanceof JobEvent.Progressed progressed) {
            progress(progressed.progress());
        } else if (event instanceof JobEvent.State state
                && !state.job().status().isFinal()) {
            state(state.job());
        }
    }

    /** What a job had done before anybody looked comes with its state alone. A state comes again after a break. */
    private void state(Job job) {
        attemptBegan = job.startedAt();
        if (job.attempt() != attempt) {
            forgetProgress();
            attempt = job.attempt();
        }
        String state = "attempt " + job.attempt() + " is " + job.status().label();
        if (job.attempt() > 1 && !state.equals(lastState)) {
            line(state);
        }
        lastState = state;
        if (job.progress() != null) {
            progress(job.progress());
        }
    }

    private void forgetProgress() {
        shell.err().print(bar && !shown.isEmpty() ? CLEAR_LINE : "");
        shown = "";
        lastProgress = "";
        begun = 0;
    }

    /** Shows a line that is not the job's. */
    synchronized void say(String text) {
        line(text);
    }

    private void line(String text) {
        PrintStream err = shell.err();
        err.print(bar ? CLEAR_LINE : "");
        err.println(text);
        err.print(bar ? shown : "");
        err.flush();
    }

    private void progress(Job.Progress progress) {
        boolean old = attemptBegan != null
                && progress.updatedAt() != null
                && progress.updatedAt().isBefore(attemptBegan);
        if (old) {
            return;
        }
        if (!bar) {
            String text = JobText.progress(progress);
            if (!text.equals(lastProgress)) {
                line(text);
            }
            lastProgress = text;
            return;
        }
        shown = bar(progress, left(progress.fraction()), columns());
        shell.err().print(CLEAR_LINE + shown);
        shell.err().flush();
    }

    /** The time that is left if the job goes on as fast as since its first progress; null if nothing can be said. */
    private Duration left(Double fraction) {
        long now = System.nanoTime();
        if (fraction == null || begun == 0 || fraction < firstFraction) {
            begun = now;
            firstFraction = fraction == null ? 0 : fraction;
            return null;
        }
        double done = fraction - firstFraction;
        return done <= 0 ? null : Duration.ofNanos((long) ((now - begun) / done * (1 - fraction)));
    }

    /** Of the terminal, if it is known. */
    private int columns() {
        String columns = shell.environment().getOrDefault("COLUMNS", "");
        return columns.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(columns) : Integer.MAX_VALUE;
    }

    /** Such as {@code [=======>    ]  42 % reads the file, 1m3s left}. What does not fit into a line could not be taken away. */
    static String bar(Job.Progress progress, Duration left, int columns) {
        int width = Math.max(LEAST_BAR, Math.min(BAR, columns - BESIDE));
        String whole = whole(progress, left, width);
        return Text.cut(whole, Math.max(1, columns - 1));
    }

    private static String whole(Job.Progress progress, Duration left, int width) {
        String message = progress.message() == null ? "" : Text.line(progress.message(), 60);
        if (progress.fraction() == null) {
            return message;
        }
        int full = (int) Math.round(Math.max(0, Math.min(1, progress.fraction())) * width);
        String head = full == 0 || full == width ? "" : ">";
        String text = "[" + "=".repeat(full - head.length()) + head + " ".repeat(width - full) + "] "
                + Math.round(progress.fraction() * 100) + " %";
        String rest = left == null || progress.fraction() >= 1 ? "" : seconds(left) + " left";
        return String.join(
                ", ",
                Stream.of((text + " " + message).strip(), rest)
                        .filter(part -> !part.isEmpty())
                        .toList());
    }

    /** Nobody knows the rest to a part of a second. */
    private static String seconds(Duration left) {
        return Text.duration(Duration.ofSeconds(Math.max(1, Math.round(left.toMillis() / 1000.0))))
                .replace(".0s", "s");
    }

    /** Waits until all of an ended job is shown, as long as the server sends anything. */
    void awaitLastLines() {
        try {
            long before;
            do {
                before = events();
                thread.join(PATIENCE.toMillis());
            } while (thread.isAlive() && events() != before);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void keep(String line) {
        log.addLast(line.strip());
        if (log.size() > KEPT) {
            log.removeFirst();
        }
    }

    /** An error without the lines at its end that were shown as lines of the log. */
    synchronized String unsaid(String error) {
        return unsaid(error, log);
    }

    /** Such as {@code The command exited with code 3}, with the last lines that the command wrote behind a colon. */
    static String unsaid(String error, Collection<String> said) {
        List<String> all = error.lines().toList();
        List<String> lines = new ArrayList<>(all);
        while (lines.size() > 1 && said.contains(lines.get(lines.size() - 1).strip())) {
            lines.remove(lines.size() - 1);
        }
        String rest = String.join("\n", lines);
        int colon = rest.indexOf(": ");
        if (colon > 0 && said.contains(rest.substring(colon + 2).strip())) {
            rest = rest.substring(0, colon);
        }
        return rest.equals(String.join("\n", all)) ? error : rest + "; the lines of its log above say more";
    }

    private synchronized long events() {
        return shownEvents;
    }

    /** Takes the bar away; what comes later is not shown. */
    synchronized void hide() {
        closed = true;
        shell.err().print(bar && !shown.isEmpty() ? CLEAR_LINE : "");
        shown = "";
    }

    @Override
    public void close() {
        events.close();
        hide();
    }
}
