package io.longhaul.api;

import io.longhaul.api.Problem.FieldError;
import io.longhaul.files.FileStore;
import io.longhaul.jobs.FilesTaken;
import io.longhaul.jobs.JobQueries;
import io.longhaul.jobs.Submission;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * Keeps what belongs to others out of submissions: jobs that they would run after, and get the results of, and files that
 * they would take. To those who do not see them it is as if there were none.
 */
public final class Belongings {
    private final JobQueries jobs;
    private final FileStore files;
    private final FilesTaken taken;

    /**
     * Wires it.
     *
     * @param jobs reads jobs
     * @param files keeps files
     * @param taken tells which files submissions take
     */
    public Belongings(JobQueries jobs, FileStore files, FilesTaken taken) {
        this.jobs = jobs;
        this.files = files;
        this.taken = taken;
    }

    /** Refuses a submission that names what somebody else's is; one that names nothing costs nothing. */
    void require(Submission submission, String principal) {
        requireJobs(submission, principal);
        requireFiles(submission, principal);
    }

    private void requireJobs(Submission submission, String principal) {
        List<UUID> after = submission.extras().after();
        Set<UUID> others = after.isEmpty() ? Set.of() : jobs.ofOthers(after.toArray(UUID[]::new), principal);
        List<FieldError> errors = IntStream.range(0, after.size())
                .filter(i -> others.contains(after.get(i)))
                .mapToObj(i -> new FieldError("/after/" + i, "is not the id of a job, or no longer"))
                .toList();
        refuse(ErrorCode.UNKNOWN_PREDECESSOR, "A job to run after is not there, or no longer.", submission, errors);
    }

    private void requireFiles(Submission submission, String principal) {
        List<FilesTaken.Taken> named = taken.of(submission);
        Set<UUID> others = named.isEmpty()
                ? Set.of()
                : files.ofOthers(named.stream().map(FilesTaken.Taken::file).toList(), principal);
        List<FieldError> errors = named.stream()
                .filter(file -> others.contains(file.file()))
                .map(file ->
                        new FieldError("/params" + file.pointer(), "is not the id of an uploaded file, or no longer"))
                .toList();
        refuse(ErrorCode.UNKNOWN_FILE, "A file is not there, or no longer: upload it.", submission, errors);
    }

    private static void refuse(ErrorCode code, String message, Submission submission, List<FieldError> errors) {
        if (!errors.isEmpty()) {
            throw Refusal.of(code, message, submission.tool(), errors).thrown();
        }
    }
}
