package io.longhaul.api;

import io.longhaul.ops.Condition;
import io.longhaul.ops.Readiness;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jdbi.v3.core.ConnectionException;

/** Tells what an error of the database means for the request; nothing of its text reaches the client. */
final class DatabaseErrors {
    /**
     * Undefined table, column, type, schema or function, no privilege, a label that the enum does not have, no unique
     * index for an ON CONFLICT.
     */
    private static final Set<String> WRONG_SCHEMA =
            Set.of("42P01", "42703", "42704", "3F000", "42501", "22P02", "42883", "42P10");

    /**
     * Classes: connection, shutting down, out of resources, system error. States: read-only (a standby after a
     * failover), serialization, deadlock, lock not available, and prepared statements of others or none: a pooler that
     * this node does not know of, which {@code /readyz} says with its cure.
     */
    private static final List<String> UNAVAILABLE =
            List.of("08", "57P", "53", "58", "25006", "40001", "40P01", "55P03", "42P05", "26000");

    private static final String CANCELED = "57014";

    private static final String USUAL_CURE = "java -jar app.jar db migrate config.yml";

    private final Readiness readiness;
    private final Runnable suspectSchema;

    DatabaseErrors(Readiness readiness, Runnable suspectSchema) {
        this.readiness = readiness;
        this.suspectSchema = suspectSchema;
    }

    /** What to answer, or nothing if the failure does not come from the database. */
    Optional<Refusal> refusal(Throwable failure) {
        SQLException sql = root(failure);
        String state = sql == null || sql.getSQLState() == null ? "" : sql.getSQLState();
        if (WRONG_SCHEMA.contains(state)) {
            suspectSchema.run();
            return Optional.of(wrongSchema());
        }
        if (state.equals(CANCELED)) {
            return Optional.of(Refusal.of(
                    ErrorCode.QUERY_TOO_SLOW,
                    "Finding the answer takes too long. Use cursor instead of a large offset, or a narrower filter."));
        }
        if (isUnavailable(failure, sql, state)) {
            return Optional.of(Refusal.of(
                    ErrorCode.DATABASE_UNAVAILABLE, "The database does not answer at the moment. Try again shortly."));
        }
        return Optional.empty();
    }

    /** Says what is known to be wrong with the schema. */
    Refusal wrongSchema() {
        return readiness
                .current()
                .wrongSchema()
                .map(DatabaseErrors::wrongSchema)
                .orElseGet(DatabaseErrors::unexplained);
    }

    static Refusal wrongSchema(Condition condition) {
        String cure = condition.cure() == null ? "" : " Cure: " + condition.cure();
        return Refusal.of(ErrorCode.DATABASE_MIGRATION_REQUIRED, condition.message() + cure);
    }

    private static Refusal unexplained() {
        return Refusal.of(
                ErrorCode.DATABASE_MIGRATION_REQUIRED,
                "The database schema is not what this release needs. Cure: " + USUAL_CURE);
    }

    private static boolean isUnavailable(Throwable failure, SQLException sql, String state) {
        return UNAVAILABLE.stream().anyMatch(state::startsWith)
                || sql instanceof SQLTransientException
                || sql instanceof SQLTimeoutException
                || isConnectionMissing(failure);
    }

    /** Whatever keeps the pool from giving a connection: none free in time, a wrong password, no such database. */
    private static boolean isConnectionMissing(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectionException) {
                return true;
            }
        }
        return false;
    }

    /** The innermost SQL error, where PostgreSQL's own code is. */
    private static SQLException root(Throwable failure) {
        SQLException root = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            root = cause instanceof SQLException sql ? sql : root;
        }
        return root;
    }
}
