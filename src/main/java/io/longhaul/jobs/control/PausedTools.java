package io.longhaul.jobs.control;

import io.longhaul.jobs.sql.ToolPauses;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jdbi.v3.core.Jdbi;

/**
 * A cache of the paused tools, for pages and answers that must not wait for the database. Claims read the table
 * itself.
 */
public final class PausedTools {
    private final Jdbi jdbi;
    private volatile Map<String, ToolPauses.Pause> current = Map.of();

    /** Empty before the first {@link #refresh}. */
    public PausedTools(Jdbi jdbi) {
        this.jdbi = jdbi;
    }

    public void refresh() {
        Map<String, ToolPauses.Pause> read = new TreeMap<>();
        jdbi.withExtension(ToolPauses.class, ToolPauses::all).forEach(pause -> read.put(pause.tool(), pause));
        current = read;
    }

    /** Pauses a tool, for a reason or null. */
    public void pause(String tool, String reason) {
        jdbi.useExtension(ToolPauses.class, p -> p.pause(tool, reason));
        refresh();
    }

    public void resume(String tool) {
        jdbi.useExtension(ToolPauses.class, p -> p.resume(tool));
        refresh();
    }

    public boolean any() {
        return !current.isEmpty();
    }

    public Optional<ToolPauses.Pause> find(String tool) {
        return Optional.ofNullable(current.get(tool));
    }

    /** All pauses, in alphabetical order of the tools. */
    public List<ToolPauses.Pause> list() {
        return List.copyOf(current.values());
    }
}
