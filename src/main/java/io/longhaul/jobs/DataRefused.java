package io.longhaul.jobs;

import java.sql.SQLException;

/** Recognises errors that lie in the data of a statement, not in the database or the way to it. */
public final class DataRefused {
    private DataRefused() {}

    /**
     * Whether PostgreSQL refused a value (SQLSTATE class 22, data exception, or 23, constraint violation) or
     * a statement grew too large (54).
     *
     * @param failure what was thrown
     * @return true when the same data can only be refused again
     */
    public static boolean is(Throwable failure) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (t instanceof SQLException e && e.getSQLState() != null) {
                String state = e.getSQLState();
                return state.startsWith("22") || state.startsWith("23") || state.startsWith("54");
            }
        }
        return false;
    }
}
