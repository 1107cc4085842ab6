package io.longhaul.schema;

import java.sql.SQLException;
import java.util.Set;

/** Groups PostgreSQL's error codes (appendix A of its manual) by their meaning for the schema. */
public final class SqlStates {
    /** Undefined table, column, object or schema; missing privilege; label missing from an enum. */
    private static final Set<String> WRONG_SCHEMA = Set.of("42P01", "42703", "42704", "3F000", "42501", "22P02");

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private SqlStates() {}

    /** The innermost SQL error of a chain, which carries PostgreSQL's own code; null if there is none. */
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

    /** True if the role lacks a right: on an object, or the one of its owner. */
    public static boolean forbidden(Throwable error) {
        SQLException root = root(error);
        return root != null && "42501".equals(root.getSQLState());
    }

    /**
     * True if the connection broke or could not be made, or the server is starting, stopping or full. A pool's own
     * error has no code.
     */
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
