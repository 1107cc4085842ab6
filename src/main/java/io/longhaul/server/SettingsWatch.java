package io.longhaul.server;

import io.dropwizard.lifecycle.setup.LifecycleEnvironment;
import io.longhaul.database.ServerSettings;
import io.longhaul.ops.Condition;
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
 * Finds every minute the settings of server, database and role that make jobs slow or unsafe. It never makes a
 * node unready: all goes on, and only an operator can change it.
 * It runs on Dropwizard's executor and not in a {@code Loop}, because the node's metrics count that executor's threads.
 */
final class SettingsWatch {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.ops");
    private static final String NAME = "database-settings";

    private final DataSource source;
    private volatile Condition seen = Condition.holds(NAME, "Not looked yet.");

    private SettingsWatch(DataSource source) {
        this.source = source;
    }

    /** Makes one that looks as long as the node lives. */
    static SettingsWatch start(LifecycleEnvironment lifecycle, DataSource source) {
        SettingsWatch watch = new SettingsWatch(source);
        ScheduledExecutorService timer = lifecycle
                .scheduledExecutorService("settings-watch", true)
                .threads(1)
                .build();
        lifecycle.manage(ManagedPart.managed(() -> watch.lookRegularly(timer), timer::shutdownNow));
        return watch;
    }

    /** A condition that always holds, degraded if an operator should change a setting. */
    Condition condition() {
        return seen;
    }

    // The future only ends with the timer; what a look throws is caught there.
    @SuppressWarnings("FutureReturnValueIgnored")
    private void lookRegularly(ScheduledExecutorService timer) {
        timer.scheduleWithFixedDelay(this::look, 1, 60, TimeUnit.SECONDS);
    }

    private void look() {
        try (Connection connection = source.getConnection()) {
            seen = told(ServerSettings.read(connection));
        } catch (SQLException | RuntimeException e) {
            // Another condition reports that the database does not answer.
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
