package io.longhaul.jobs.intake;

import java.util.Collection;
import java.util.List;
import java.util.UUID;

/**
 * The connection broke during a commit, and the database did not return in time to tell its outcome; or memory ran out
 * during it.
 */
public final class CommitUnknownException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<UUID> jobs;

    CommitUnknownException(Collection<UUID> jobs, Throwable cause) {
        super("It is not known whether these jobs are stored: " + jobs, cause);
        this.jobs = List.copyOf(jobs);
    }

    /** The ids of the jobs: either all are stored or none. */
    public List<UUID> jobs() {
        return jobs;
    }
}
