package io.longhaul.tools;

import io.longhaul.tools.spi.Tool;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A source of tools that are known only while the server runs, such as another server. */
public interface ToolSource {
    /**
     * Starts looking for tools and returns at once.
     *
     * @param found called with all tools of the source, each time they are found or have changed
     */
    void start(Consumer<List<Tool>> found);

    /** Ends the source, with all it has started. */
    void stop();

    /** The current problem and its cure in one sentence that names the source; empty without one. */
    Optional<String> trouble();
}
