package io.longhaul.jobs.intake;

import java.util.List;
import java.util.UUID;

/** Tells which uploaded files a submission takes. */
@FunctionalInterface
public interface FilesTaken {
    /** For servers without files. */
    FilesTaken NONE = submission -> List.of();

    /**
     * The files of a submission. Asked of each that comes in, so it must cost nothing where there are none.
     *
     * @param submission such as has passed the check
     * @return one for each param that names a file
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
