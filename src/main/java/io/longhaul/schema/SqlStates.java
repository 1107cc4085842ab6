package io.longhaul.schema;

import java.sql.SQLException;
import java.util.Set;

/** What the codes of PostgreSQL's errors (appendix A of its manual) mean for the schema. */
public final class SqlStates {
    /** Undefined table, column, object or schema; no privilege; a label the enum does not have. */
    private static final Set<String> WRONG_SCHEMA = Set.of("42P01", "42703", "42704", "3F000", "42501", "22P02");

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private SqlStates() {}

    /** The innermost SQL error of a chain, where PostgreSQL's own code is; null if there is none. */
    static SQLException root(Throwable error) {
        SQLException root = null;
        for (Throwable cause = error; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                root = sql;
            }
        }
        return root;
    }

    public static boolean pointsAtSchema(Throwable error) {
        SQLException root = root(error);
        return root != null && root.getSQLState() != null && WRONG_SCHEMA.contains(root.getSQLState());
    }

    public static boolean lockTimeout(Throwable error) {
        SQLException root = root(error);
        return root != null && LOCK_NOT_AVAILABLE.equals(root.getSQLState());
    }

    /** The connection broke, could not be made, or the server is starting, stopping or full. A pool's own error has no code. */
    public static boolean connectionLost(SQLException error) {
        SQLException root = root(error);
        String state = root == null ? null : root.getSQLState();
        return state == null
                || state.startsWith("08")
                || state.startsWith("57P")
                || state.startsWith("28")
                || state.equals("53300")
                || state.equals("3D000");
    }
}
