package io.longhaul.tools;

import io.longhaul.tools.settings.ToolConfigurationException;
import io.longhaul.tools.spi.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tools that are found only while the server runs, with the policy they share.
 *
 * @param origin where the source is configured, for messages
 */
public record LiveTools(ToolSource source, ToolPolicy policy, String origin) {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.tools");

    /**
     * Starts the source; its tools join the registry as they are found.
     *
     * @param onChange called after each change
     */
    public void start(ToolRegistry registry, Runnable onChange) {
        source.start(found -> {
            List<String> refused = registry.join(usable(found));
            refused.forEach(reason -> LOG.warn("{}", reason));
            onChange.run();
        });
    }

    /** Ends the source. Its tools stay listed, and their calls fail. */
    public void stop() {
        source.stop();
    }

    /** The current problem in one sentence, or empty. */
    public Optional<String> trouble() {
        return source.trouble();
    }

    /** Leaves out a tool whose schema cannot be used, so that the others can. */
    private List<RegisteredTool> usable(List<Tool> found) {
        List<RegisteredTool> usable = new ArrayList<>();
        for (Tool tool : found) {
            try {
                usable.add(new RegisteredTool(tool, policy, origin));
            } catch (ToolConfigurationException e) {
                LOG.warn(
                        "{}: tool '{}' is left out: {}",
                        origin,
                        tool.description().name(),
                        e.getMessage());
            }
        }
        return usable;
    }
}
