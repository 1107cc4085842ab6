package io.longhaul.cli.remote;

import io.longhaul.client.Job;
import io.longhaul.client.JobStatus;
import io.longhaul.client.LonghaulClient;
import java.time.Duration;
import java.util.UUID;
import picocli.CommandLine.Option;

/** Waits for the end of jobs and prints their results. */
final class Waiting {
    @Option(names = "--quiet", description = "shows neither id, progress nor log while it waits")
    private boolean quiet;

    private final Shell shell;

    /** What is shown at the moment; null for nothing. */
    private volatile Following shown;

    /** The error of the job, as far as its log has not said it; null for none, or if no log was shown. */
    private String error;

    Waiting(Shell shell) {
        this.shell = shell;
    }

    /** Says the id of a job that was just submitted: somebody may want to look at it meanwhile. */
    void accepted(UUID id) {
        if (!quiet) {
            shell.say("Job " + id + " is accepted.");
        }
    }

    /**
     * Waits for one job. Its log is shown also if it ended before anybody could look.
     *
     * @param limit a duration, or empty for none
     */
    @SuppressWarnings("try") // the resource is closed, and needed for nothing else
    int await(LonghaulClient client, UUID id, String limit, Remote remote) {
        Duration most = Values.limit(limit);
        Job job;
        error = null;
        try (Farewell farewell = new Farewell(() -> farewell(id, remote))) {
            job = quiet ? client.await(id, most) : followed(client, id, most, remote);
        }
        if (remote.json()) {
            shell.print(job.json().toString());
        } else if (job.status() == JobStatus.COMPLETED) {
            shell.print(Text.result(job.result()));
        }
        return ending(job, remote);
    }

    private Job followed(LonghaulClient client, UUID id, Duration most, Remote remote) {
        if (most.isZero()) {
            return client.get(id);
        }
        try (Following following = Following.of(client, id, shell)) {
            shown = following;
            remote.tell(following::say);
            Job job = client.await(id, most);
            if (job.status().isFinal()) {
                following.awaitLastLines();
                error = job.error() == null ? null : following.unsaid(job.error());
            }
            return job;
        } finally {
            remote.tell(shell::say);
            shown = null;
        }
    }

    /** Says how to go on, on a line of its own, to somebody who ends the process. */
    void farewell(UUID id, Remote remote) {
        Following following = shown;
        if (following != null) {
            following.hide();
        }
        shell.say(goesOn(id, remote));
    }

    private int ending(Job job, Remote remote) {
        return switch (job.status()) {
            case COMPLETED -> ExitCode.DONE;
            case FAILED, CANCELLED -> {
                String said = error == null ? job.error() : error;
                String why = said == null ? "" : ", " + job.errorCode() + ": " + said;
                shell.say("Job " + job.id() + " is " + job.status().label() + Text.plain(why));
                yield ExitCode.FAILED;
            }
            case PENDING, RUNNING -> {
                String waits = job.isWaitingForInput()
                        ? " and waits for input: see " + remote.called("job inputs " + job.id())
                        : "";
                shell.say("Job " + job.id() + " is still " + job.status().label() + waits + ". "
                        + goesOn(job.id(), remote));
                yield ExitCode.NOT_NOW;
            }
        };
    }

    private static String goesOn(UUID id, Remote remote) {
        return "The job goes on. Wait for it again: " + remote.called("job wait " + id) + "; or cancel it: "
                + remote.called("job cancel " + id);
    }
}
