package io.longhaul.database.faults;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.util.List;
import java.util.Set;
import org.apache.tomcat.jdbc.pool.PoolExhaustedException;
import org.postgresql.util.GT;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The meaning of a database error, and thus the right reaction. The codes are those of appendix A of PostgreSQL's
 * manual.
 */
public enum DatabaseFault {
    /** The server cannot be reached, or the connection broke: it is down, starts, stops, or refuses this role. */
    AWAY(true),
    /** The server, or this node's pool, has no connection left. */
    NO_CONNECTION_LEFT(true),
    /** The server takes no writes: it is a standby, or was set to read-only. */
    READ_ONLY(true),
    /** The server's disk is full. */
    DISK_FULL(true),
    /**
     * Other transactions are in the way, or the server is short of something else: the same statement may succeed the
     * next time.
     */
    BUSY(true),
    /**
     * The schema, its grants, or the kind of connection is not what this release needs. An operator has to repair it.
     */
    WRONG_SCHEMA(false),
    /** The server cannot store a value, and never will. */
    VALUE_REFUSED(false),
    /** The next number of a sequence is in use: the sequence is behind its table, as after a careless restore. */
    NUMBER_TAKEN(true),
    /**
     * An object of the database's owner, such as a trigger, refuses the row whatever its values, with any code; or the
     * row's page is damaged.
     */
    ROW_REFUSED(false),
    /** An error without a known meaning. */
    UNKNOWN(false);

    /** Tables whose only unique column is numbered by a sequence: a duplicate can only be that number. */
    private static final Set<String> NUMBERED = Set.of("nodes", "job_logs", "tool_callback_messages", "audit_log");

    /**
     * The driver's messages, in the language of this JVM, when no server is of the wanted kind; it has no code for
     * that.
     */
    private static final Set<String> NO_PRIMARY = Set.of(noServer("primary"), noServer("master"));

    /** Classes of errors that lie in the statement or its session, unless a function of the owner makes them. */
    private static final List<String> OWN = List.of("24", "25", "34", "3B", "42");

    /** How the names of the functions of our schema begin. If one lacks a table, the schema is not what it was. */
    private static final String OUR_FUNCTIONS = "tell_webhooks_of_";

    private final boolean passes;

    DatabaseFault(boolean passes) {
        this.passes = passes;
    }

    /**
     * Returns true if the same statement may succeed later without a correction: time, room, or a free number cures it.
     */
    public boolean passes() {
        return passes;
    }

    /** Returns true if the same statement may succeed later, by itself or once an operator has repaired the schema. */
    public boolean isCurable() {
        return passes || this == WRONG_SCHEMA;
    }

    /** Returns true if the server refuses to store a value or a row, and will again. */
    public boolean refuses() {
        return this == VALUE_REFUSED || this == ROW_REFUSED;
    }

    /**
     * Reads an error.
     *
     * @param failure its causes are searched
     * @return {@link #UNKNOWN} also for errors that are not the database's
     */
    public static DatabaseFault of(Throwable failure) {
        SQLException error = root(failure);
        return error == null ? UNKNOWN : of(error);
    }

    /** The innermost SQL error of a chain, which has PostgreSQL's own code; null if there is none. */
    public static SQLException root(Throwable failure) {
        SQLException root = null;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            root = cause instanceof SQLException sql && (root == null || sql.getSQLState() != null) ? sql : root;
        }
        return root;
    }

    /**
     * Returns true if the statement may have been carried out: the connection broke after it may have been sent. A
     * message of the server itself, even about its shutdown, says for certain that nothing was done: after a commit it
     * either confirms it or is silent. Such a message names its routine; one of a pooler in between does not.
     *
     * @param failure thrown by a statement or a commit, not by opening a connection
     */
    public static boolean leavesDoubt(Throwable failure) {
        SQLException error = root(failure);
        if (error == null) {
            return true;
        }
        boolean certain = isServers(error) || (told(error) != null && of(error) != AWAY);
        return state(error).equals("40003") || !(certain || of(error) == NO_CONNECTION_LEFT);
    }

    /**
     * Returns true if several servers were asked, and none that answers is the primary.
     *
     * @param failure thrown on connecting; its causes are searched
     */
    public static boolean findsNoPrimary(Throwable failure) {
        SQLException error = root(failure);
        return error != null && error.getMessage() != null && NO_PRIMARY.contains(error.getMessage());
    }

    private static String noServer(String kind) {
        return GT.tr("Could not find a server with specified targetServerType: {0}", kind);
    }

    private static DatabaseFault of(SQLException error) {
        if (findsNoPrimary(error)) {
            return READ_ONLY;
        }
        if (error instanceof PoolExhaustedException) {
            return NO_CONNECTION_LEFT;
        }
        String state = state(error);
        DatabaseFault fault = ofCode(state, error);
        return isFunctions(error) ? fault.inFunction(state) : fault;
    }

    /** The same error in a function of the database's owner: what it misses is not missing in the schema. */
    private DatabaseFault inFunction(String state) {
        return switch (this) {
            case WRONG_SCHEMA, UNKNOWN -> ROW_REFUSED;
            // The function found another server away.
            case AWAY -> state.startsWith("08") || state.startsWith("28") ? BUSY : AWAY;
            default -> this;
        };
    }

    private static DatabaseFault ofCode(String state, SQLException error) {
        return switch (state) {
            case "" -> AWAY;
            case "53300" -> NO_CONNECTION_LEFT;
            case "53100" -> DISK_FULL;
            case "25006" -> READ_ONLY;
            case "3D000", "25P03", "25P04" -> AWAY;
            case "57014", "55P03", "55006", "42P05", "26000" -> BUSY;
            case "3F000", "42P01", "42703", "42704", "42501", "42883", "42P10" -> WRONG_SCHEMA;
            case "0A000" -> isStalePlan(error) ? BUSY : ofClass(state, error);
            case "22P02" -> isLabel(error) ? WRONG_SCHEMA : VALUE_REFUSED;
            case "23505" -> isNumber(error) ? NUMBER_TAKEN : VALUE_REFUSED;
            default -> ofClass(state, error);
        };
    }

    private static DatabaseFault ofClass(String state, SQLException error) {
        return switch (state.substring(0, Math.min(2, state.length()))) {
            case "08", "28", "57" -> AWAY;
            case "40", "53", "58" -> BUSY;
            case "22", "23", "54" -> VALUE_REFUSED;
            default ->
                isServers(error) && OWN.stream().noneMatch(state::startsWith)
                        ? ROW_REFUSED
                        : error instanceof SQLTransientException ? BUSY : UNKNOWN;
        };
    }

    /** PostgreSQL's own messages name their routine; those of a pooler in between do not. */
    private static boolean isServers(SQLException error) {
        ServerErrorMessage told = told(error);
        return told != null && told.getRoutine() != null;
    }

    /**
     * A function of the database's owner was at work. The context of a message names the functions, the innermost first,
     * and their languages in any language of the server.
     */
    private static boolean isFunctions(SQLException error) {
        ServerErrorMessage told = told(error);
        String where = told == null || told.getWhere() == null ? "" : told.getWhere();
        return where.lines()
                .filter(line -> line.contains("PL/"))
                .findFirst()
                .map(line -> !line.contains(OUR_FUNCTIONS))
                .orElseGet(() -> where.contains("SQL"));
    }

    /** A table was changed after the statement was prepared; the driver prepares it anew. */
    private static boolean isStalePlan(SQLException error) {
        ServerErrorMessage told = told(error);
        return told != null && "RevalidateCachedQuery".equals(told.getRoutine());
    }

    /** A label that an enum of the schema lacks; not a value that is no number or no JSON. */
    private static boolean isLabel(SQLException error) {
        ServerErrorMessage told = told(error);
        return told == null || "enum_in".equals(told.getRoutine());
    }

    private static boolean isNumber(SQLException error) {
        ServerErrorMessage told = told(error);
        return told != null && told.getTable() != null && NUMBERED.contains(told.getTable());
    }

    private static ServerErrorMessage told(SQLException error) {
        return error instanceof PSQLException own ? own.getServerErrorMessage() : null;
    }

    private static String state(SQLException error) {
        return error.getSQLState() == null ? "" : error.getSQLState();
    }
}
