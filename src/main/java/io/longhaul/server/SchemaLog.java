package io.longhaul.server;

import io.longhaul.schema.watch.SchemaState;
import io.longhaul.schema.watch.SchemaState.Status;
import io.longhaul.schema.watch.SchemaWatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells once, for all parts of a node, that the schema is not fit for work, and that it is again. */
final class SchemaLog {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul.schema");

    private final SchemaWatch watch;
    private volatile Status told = Status.UNKNOWN;

    SchemaLog(SchemaWatch watch) {
        this.watch = watch;
        watch.onChange(this::tell);
    }

    /**
     * Whether a failure of a loop comes from a schema that is not ready, which the log says already. A statement that
     * fails on a schema that is right is told as any other failure.
     */
    boolean explains(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SchemaGuard.Away) {
                return true;
            }
        }
        return watch.suspect(failure) && !(isWrong(watch.state()) ? watch.state() : watch.check()).ready();
    }

    /** Whether the workers' tables are known to be missing: nothing of theirs could succeed. */
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
