package io.longhaul.server;

import io.longhaul.schema.watch.SchemaState;
import io.longhaul.schema.watch.SchemaState.Status;
import io.longhaul.schema.watch.SchemaWatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs once for all parts of a node when the schema becomes unfit for work and when it is right again. */
final class SchemaLog {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.schema");

    private final SchemaWatch watch;
    private volatile Status told = Status.UNKNOWN;

    SchemaLog(SchemaWatch watch) {
        this.watch = watch;
        watch.onChange(this::tell);
    }

    /**
     * True if a loop failed because the schema is not ready, which the log already says. A statement that fails
     * on a correct schema is logged like any other failure.
     */
    boolean explains(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SchemaGuard.Away) {
                return true;
            }
        }
        return watch.suspect(failure) && !(isWrong(watch.state()) ? watch.state() : watch.check()).ready();
    }

    /** True if the workers' tables are known to be missing, so that none of their statements could succeed. */
    boolean tablesAreAway() {
        SchemaState state = watch.state();
        return isWrong(state) && state.finding().lacksAny("jobs", "nodes", "job_leases");
    }

    private static boolean isWrong(SchemaState state) {
        return state.status() == Status.MIGRATION_REQUIRED || state.status() == Status.INCOMPATIBLE;
    }

    private void tell(SchemaState state) {
        Status before = told;
        told = state.status();
        if (!state.ready()) {
            LOG.warn("Not ready: {}", state.message());
        } else if (before != Status.READY && before != Status.UNKNOWN) {
            LOG.info("The schema is right again: working");
        } else if (!state.reason().isEmpty()) {
            LOG.warn("{}", state.message());
        }
    }
}
