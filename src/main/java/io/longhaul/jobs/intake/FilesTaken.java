package io.longhaul.jobs.intake;

import java.util.List;
import java.util.UUID;

/** Finds the uploaded files that a submission uses. */
@FunctionalInterface
public interface FilesTaken {
    FilesTaken NONE = submission -> List.of();

    /**
     * One entry for each param that names a file. Called for every checked submission, so it must be cheap for
     * tools without files.
     */
    List<Taken> of(Submission submission);

    /**
     * A file that a param names.
     *
     * @param pointer JSON pointer to the param
     * @param file its id
     */
    record Taken(String pointer, UUID file) {}
}
