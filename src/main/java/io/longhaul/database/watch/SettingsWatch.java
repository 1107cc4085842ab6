package io.longhaul.database.watch;

import io.dropwizard.lifecycle.Managed;
import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import io.longhaul.database.ServerSettings;
import io.longhaul.readiness.Condition;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every minute for settings of the server, the database or the role that make jobs slow or unsafe. They never
 * make the node unready: jobs still run, and only an operator can change the settings. Runs on Dropwizard's executor
 * and not in a {@code Loop}, because the node's metrics count that executor's threads.
 */
public final class SettingsWatch implements Managed {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.ops");
    private static final String NAME = "database-settings";

    private final DataSource source;
    private volatile Condition seen = Condition.holds(NAME, "Not checked yet.");

    private final ScheduledExecutorService timer;

    public SettingsWatch(LifecycleEnvironment lifecycle, DataSource source) {
        this.source = source;
        this.timer = lifecycle
                .scheduledExecutorService("settings-watch", true)
                .threads(1)
                .build();
    }

    /** The result of the last check: always ok, but degraded if an operator should change something. */
    public Condition condition() {
        return seen;
    }

    @Override
    // The future only ends with the timer; look() catches what it throws.
    @SuppressWarnings("FutureReturnValueIgnored")
    public void start() {
        timer.scheduleWithFixedDelay(this::look, 1, 60, TimeUnit.SECONDS);
    }

    @Override
    public void stop() {
        timer.shutdownNow();
    }

    private void look() {
        try (Connection connection = source.getConnection()) {
            seen = told(ServerSettings.read(connection));
        } catch (SQLException | RuntimeException e) {
            // Other checks report whether the database answers.
            LOG.debug("Looking at the settings failed", e);
        }
    }

    private static Condition told(ServerSettings settings) {
        List<ServerSettings.Warning> warnings = settings.warnings();
        if (warnings.isEmpty()) {
            return new Condition(
                    NAME,
                    true,
                    null,
                    "Nothing makes PostgreSQL " + settings.version() + " slow.",
                    null,
                    details(settings));
        }
        ServerSettings.Warning first = warnings.get(0);
        String more = warnings.size() == 1 ? "" : " (" + (warnings.size() - 1) + " more in the details)";
        return new Condition(
                NAME, true, Condition.DATABASE_SETTINGS, first.message() + more, first.cure(), details(settings));
    }

    private static Map<String, Object> details(ServerSettings settings) {
        return Map.of(
                "version", settings.version(),
                "settings", settings.values(),
                "warnings",
                        settings.warnings().stream()
                                .map(one ->
                                        Map.of("setting", one.setting(), "message", one.message(), "cure", one.cure()))
                                .toList());
    }
}
