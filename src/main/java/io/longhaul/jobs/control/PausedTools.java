package io.longhaul.jobs.control;

import io.longhaul.jobs.sql.ToolPauses;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;

/**
 * The tools that are paused, as they were a moment ago: for whoever shows them and must not wait for the database. Claims
 * look at the table itself.
 */
public final class PausedTools {
    private final Jdbi jdbi;
    private volatile Map<String, ToolPauses.Pause> current = Map.of();

    /**
     * Knows of none before the first {@link #refresh}.
     *
     * @param jdbi the database
     */
    public PausedTools(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    /** Reads them again. */
    public void refresh() {
        Map<String, ToolPauses.Pause> read = new TreeMap<>();
        jdbi.withExtension(ToolPauses.class, ToolPauses::all).forEach(pause -> read.put(pause.tool(), pause));
        current = read;
    }

    /**
     * Pauses a tool.
     *
     * @param tool its name
     * @param reason why, or null
     */
    public void pause(String tool, String reason) {
        jdbi.useExtension(ToolPauses.class, p -> p.pause(tool, reason));
        refresh();
    }

    /**
     * Ends the pause of a tool, if it is paused.
     *
     * @param tool its name
     */
    public void resume(String tool) {
        jdbi.useExtension(ToolPauses.class, p -> p.resume(tool));
        refresh();
    }

    /**
     * Whether any was paused at the last look.
     *
     * @return true when they are to be read again
     */
    public boolean any() {
        return !current.isEmpty();
    }

    /**
     * The pause of a tool.
     *
     * @param tool its name
     * @return nothing if it is not paused
     */
    public Optional<ToolPauses.Pause> find(String tool) {
        return Optional.ofNullable(current.get(tool));
    }

    /**
     * All that are paused.
     *
     * @return in alphabetical order
     */
    public List<ToolPauses.Pause> list() {
        return List.copyOf(current.values());
    }
}
