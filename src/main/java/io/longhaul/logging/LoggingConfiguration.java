package io.longhaul.logging;

import ch.qos.logback.classic.LoggerContext;
import com.codahale.metrics.MetricRegistry;
import io.dropwizard.logging.common.LoggingFactory;
import org.slf4j.LoggerFactory;

/** The configured logging, without secrets in any appender, and with the node's name for those that show it. */
public final class LoggingConfiguration implements LoggingFactory {
    private final LoggingFactory configured;
    private final String node;

    public LoggingConfiguration(LoggingFactory configured, String node) {
        this.configured = configured;
        this.node = node;
    }

    /**
     * Looks at all levels of a configuration.
     *
     * @throws IllegalArgumentException names the first that is none, and its place
     */
    public static void checkLevels(LoggingFactory configured) {
        LoggingLevels.check(configured);
    }

    @Override
    public void configure(MetricRegistry metrics, String name) {
        configured.configure(metrics, name);
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.putProperty(JsonEvents.NODE, node);
        }
        SecretsFilter.install();
    }

    @Override
    public void stop() {
        configured.stop();
    }

    @Override
    public void reset() {
        configured.reset();
        SecretsFilter.install();
    }
}
