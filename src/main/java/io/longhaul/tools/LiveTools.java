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
 * @param source where they come from
 * @param policy how they are run
 * @param origin where the source is configured, for messages
 */
public record LiveTools(ToolSource source, ToolPolicy policy, String origin) {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.tools");

    /**
     * Starts the source; its tools join the others as they are found.
     *
     * @param registry the tools of this node
     * @param onChange told after each change
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

    /**
     * What is wrong at the moment.
     *
     * @return one sentence, or nothing
     */
    public Optional<String> trouble() {
        return source.trouble();
    }

    /** One tool with a schema that cannot be used must not keep the others away. */
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
