package io.longhaul.jobs.intake;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** Selects the uploaded files that a principal may use. */
@FunctionalInterface
public interface FilesShown {
    /** Everyone may use every file. */
    FilesShown ALL = (handle, files, principal) -> Set.copyOf(files);

    /** Those of these files that the principal may use. */
    Set<UUID> to(Handle handle, Collection<UUID> files, String principal);
}
