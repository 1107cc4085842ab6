package io.longhaul.tools;

import io.longhaul.tools.spi.Tool;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Where tools come from that are not known before the server runs, such as another server. */
public interface ToolSource {
    /**
     * Starts looking for tools and returns at once.
     *
     * @param found takes all tools of the source, each time they are found or have changed
     */
    void start(Consumer<List<Tool>> found);

    /** Ends it, with all it has started. */
    void stop();

    /**
     * What is wrong at the moment.
     *
     * @return one sentence that names the source, and what cures it; empty if all is well
     */
    Optional<String> trouble();
}
