package io.longhaul.jobs.intake;

import io.longhaul.jobs.sql.FileTransitions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/** Attaches uploaded files to jobs in the transaction that stores the jobs. */
public final class InputFiles {
    private final FilesTaken taken;
    private final FilesShown shown;

    /** For jobs whose callers were asked at the submit. */
    InputFiles(FilesTaken taken) {
        this(taken, FilesShown.ALL);
    }

    public InputFiles(FilesTaken taken, FilesShown shown) {
        this.taken = taken;
        this.shown = shown;
    }

    private record Given(UUID job, FilesTaken.Taken file) {}

    boolean any(Submission submission) {
        return !taken.of(submission).isEmpty();
    }

    /** The missing ones of the files that submissions name; the others are kept until the transaction ends. */
    Set<UUID> unknown(Handle handle, Collection<Submission> submissions) {
        Set<UUID> named = new HashSet<>();
        submissions.forEach(submission -> taken.of(submission).forEach(file -> named.add(file.file())));
        if (!named.isEmpty()) {
            named.removeAll(handle.attach(FileTransitions.class).keep(named.toArray(UUID[]::new)));
        }
        return named;
    }

    /** The reason to reject a submission, or null if no file is missing. */
    SubmissionRejected rejection(Submission submission, Set<UUID> unknown) {
        List<FilesTaken.Taken> named = unknown.isEmpty() ? List.of() : taken.of(submission);
        return named.stream().anyMatch(file -> unknown.contains(file.file()))
                ? SubmissionRejected.unknownFile(named, unknown)
                : null;
    }

    /** Attaches files to new jobs, except missing ones. */
    public void give(Handle handle, Collection<NewJob> jobs, Set<UUID> unknown) {
        List<Given> all = new ArrayList<>();
        for (NewJob job : jobs) {
            taken.of(job.submission()).forEach(file -> all.add(new Given(job.id(), file)));
        }
        give(
                handle,
                all.stream()
                        .filter(given -> !unknown.contains(given.file().file()))
                        .toList());
    }

    /**
     * Attaches the files that a waiting job names once the results of its predecessors are in its params. A result is
     * what its tool made of any params: a file that only a result names is refused like one that is missing, unless it
     * is shown to the job's principal.
     *
     * @param left files that predecessors left, which the job may have
     */
    public void give(Handle handle, UUID job, Submission resolved, Collection<UUID> left) throws SubmissionRejected {
        Set<UUID> refused = unknown(handle, List.of(resolved));
        refused.addAll(hidden(handle, resolved, left));
        SubmissionRejected rejected = rejection(resolved, refused);
        if (rejected != null) {
            throw rejected;
        }
        give(
                handle,
                taken.of(resolved).stream().map(file -> new Given(job, file)).toList());
    }

    private Set<UUID> hidden(Handle handle, Submission resolved, Collection<UUID> left) {
        Set<UUID> files =
                taken.of(resolved).stream().map(FilesTaken.Taken::file).collect(Collectors.toSet());
        files.removeAll(left);
        String principal = resolved.extras().principal();
        if (principal == null || files.isEmpty()) {
            return Set.of();
        }
        files.removeAll(shown.to(handle, files, principal));
        return files;
    }

    /** The ids of the result files that references in the params name. */
    public static Map<References.LeftFile, UUID> left(Handle handle, String params) {
        List<References.LeftFile> meant = References.files(params);
        return meant.isEmpty()
                ? Map.of()
                : handle
                        .attach(FileTransitions.class)
                        .left(
                                meant.stream().map(References.LeftFile::job).toArray(UUID[]::new),
                                meant.stream().map(References.LeftFile::path).toArray(String[]::new))
                        .stream()
                        .collect(Collectors.toMap(
                                left -> new References.LeftFile(left.job(), left.path()), FileTransitions.Left::file));
    }

    private static void give(Handle handle, List<Given> all) {
        if (!all.isEmpty()) {
            handle.attach(FileTransitions.class)
                    .give(
                            all.stream().map(Given::job).toArray(UUID[]::new),
                            all.stream().map(given -> given.file().pointer()).toArray(String[]::new),
                            all.stream().map(given -> given.file().file()).toArray(UUID[]::new));
        }
    }
}
