package io.longhaul.auth.ownership;

import io.longhaul.files.FileStore;
import io.longhaul.jobs.intake.FilesTaken;
import io.longhaul.jobs.intake.Replays;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.sql.JobQueries;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Refuses submissions that refer to predecessors or files of others. Jobs and files that do not exist are refused in the same
 * words and after the same query, so that callers cannot learn which case it is.
 */
public final class SubmissionOwnership {
    private final JobQueries jobs;
    private final FileStore files;
    private final FilesTaken taken;

    public SubmissionOwnership(JobQueries jobs, FileStore files, FilesTaken taken) {
        this.jobs = jobs;
        this.files = files;
        this.taken = taken;
    }

    /** Needs no query without references. A submission that was accepted before may name what was removed since. */
    void require(Submission submission, String principal) throws SubmissionRejected {
        try {
            requireJobs(submission, principal);
            requireFiles(submission, principal);
        } catch (SubmissionRejected e) {
            if (!Replays.has(jobs, submission)) {
                throw e;
            }
        }
    }

    private void requireJobs(Submission submission, String principal) throws SubmissionRejected {
        List<UUID> after = submission.extras().after();
        if (!after.isEmpty()) {
            Set<UUID> unknown = without(after, jobs.ofPrincipal(after.toArray(UUID[]::new), principal));
            if (!unknown.isEmpty()) {
                throw SubmissionRejected.unknownPredecessor(after, unknown);
            }
        }
    }

    private void requireFiles(Submission submission, String principal) throws SubmissionRejected {
        List<FilesTaken.Taken> named = taken.of(submission);
        if (!named.isEmpty()) {
            List<UUID> ids = named.stream().map(FilesTaken.Taken::file).toList();
            Set<UUID> unknown = without(ids, files.ofPrincipal(ids, principal));
            if (!unknown.isEmpty()) {
                throw SubmissionRejected.unknownFile(named, unknown);
            }
        }
    }

    private static Set<UUID> without(List<UUID> all, Set<UUID> own) {
        Set<UUID> others = new HashSet<>(all);
        others.removeAll(own);
        return others;
    }
}
