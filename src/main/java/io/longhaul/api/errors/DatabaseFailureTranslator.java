package io.longhaul.api.errors;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Refusal;
import io.longhaul.database.faults.DatabaseFault;
import io.longhaul.environment.Program;
import io.longhaul.jobs.intake.CommitUnknownException;
import io.longhaul.jobs.intake.NotStoredException;
import io.longhaul.readiness.Condition;
import io.longhaul.readiness.Readiness;
import java.sql.SQLException;
import java.util.Optional;
import org.jdbi.v3.core.ConnectionException;

/** Translates errors of the database into refusals. The text of such an error never reaches the client. */
final class DatabaseFailureTranslator {
    private static final String CANCELED = "57014";

    private static final String READ_ONLY = "The database takes no writes at the moment: it is read-only, as a standby"
            + " is, or a server that was set so. Nothing was stored; /readyz says more. Try again later.";

    private static final String NO_PRIMARY =
            "No server of the database takes writes: those that answer are standbys, and none"
                    + " of them is the primary. /readyz says what helps. Try again later.";

    private static final String DISK_FULL = "The disk of the database is full, so that it takes no writes. Nothing was"
            + " stored. Its operator has to make room; try again later.";

    private static final String UNKNOWN =
            "The connection to the database broke before it said whether the change was" + " made: it may have been.";

    private static final String LOOK_FIRST =
            " Look before sending the request again; with the Idempotency-Key of the first"
                    + " one, a submit can be sent again at once.";

    private static final String NOTHING_DONE = " Nothing was stored. Try again shortly.";

    private final Readiness readiness;
    private final Runnable suspectSchema;

    DatabaseFailureTranslator(Readiness readiness, Runnable suspectSchema) {
        this.readiness = readiness;
        this.suspectSchema = suspectSchema;
    }

    /**
     * The refusal, or nothing if the failure does not come from the database.
     *
     * @param failure its causes are searched
     * @param request the request: when the connection breaks, its change may have been made
     */
    public Optional<Refusal> refusal(Throwable failure, RequestLine request) {
        Optional<CommitUnknownException> unknown = cause(failure, CommitUnknownException.class);
        if (unknown.isPresent()) {
            return Optional.of(unknown(unknown.get()));
        }
        SQLException error = DatabaseFault.root(failure);
        return error == null ? Optional.empty() : Optional.ofNullable(refusal(failure, error, request));
    }

    private Refusal refusal(Throwable failure, SQLException error, RequestLine request) {
        if (CANCELED.equals(error.getSQLState())) {
            return Refusal.of(
                    ErrorCode.QUERY_TOO_SLOW,
                    "Finding the answer takes too long. Use cursor instead of a large offset, or a narrower filter.");
        }
        boolean changes = request.changes();
        boolean opening = cause(failure, ConnectionException.class).isPresent();
        return switch (DatabaseFault.of(failure)) {
            case WRONG_SCHEMA -> {
                suspectSchema.run();
                yield wrongSchema();
            }
            case READ_ONLY -> {
                suspectSchema.run();
                yield Refusal.of(
                        ErrorCode.DATABASE_READ_ONLY,
                        !DatabaseFault.findsNoPrimary(failure)
                                ? READ_ONLY
                                : changes ? NO_PRIMARY + " Nothing was stored." : NO_PRIMARY);
            }
            case DISK_FULL -> Refusal.of(ErrorCode.DATABASE_FULL, DISK_FULL);
            case NO_CONNECTION_LEFT -> unavailable(noConnection(error), changes);
            case BUSY, NUMBER_TAKEN -> unavailable("The database is too busy at the moment.", changes);
            case AWAY ->
                changes
                                && !opening
                                && DatabaseFault.leavesDoubt(failure)
                                && cause(failure, NotStoredException.class).isEmpty()
                        ? unknown(request)
                        : unavailable("The database does not answer at the moment.", changes);
            case VALUE_REFUSED, ROW_REFUSED, UNKNOWN ->
                opening ? unavailable("The database does not answer at the moment.", changes) : null;
        };
    }

    private static Refusal unavailable(String what, boolean changes) {
        return Refusal.of(ErrorCode.DATABASE_UNAVAILABLE, what + (changes ? NOTHING_DONE : " Try again shortly."));
    }

    private static Refusal unknown(RequestLine request) {
        String look = request.howToCheck();
        return Refusal.of(ErrorCode.OUTCOME_UNKNOWN, UNKNOWN + (look.isEmpty() ? LOOK_FIRST : look));
    }

    private static String noConnection(SQLException error) {
        return error.getSQLState() == null
                ? "All connections to the database are in use, and none was free in time."
                : "The database has no connection left (SQLSTATE " + error.getSQLState() + ").";
    }

    /** Either all jobs are stored or none, so looking at the first is enough. */
    private static Refusal unknown(CommitUnknownException unknown) {
        int jobs = unknown.jobs().size();
        return Refusal.of(
                ErrorCode.OUTCOME_UNKNOWN,
                "The connection to the database broke while " + (jobs == 1 ? "the job was" : jobs + " jobs were")
                        + " being stored, and it has not come back to say what became of that. Once it answers,"
                        + " GET /v1/jobs/" + unknown.jobs().get(0)
                        + (jobs == 1 ? " shows it if it is stored" : " shows the first of them if they are")
                        + ", and is 404 if not. The same request can be sent again with the Idempotency-Key that it had.");
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }

    /** Names the problem of the schema if it is known. */
    Refusal wrongSchema() {
        return readiness
                .current()
                .wrongSchema()
                .map(DatabaseFailureTranslator::wrongSchema)
                .orElseGet(DatabaseFailureTranslator::unexplained);
    }

    static Refusal wrongSchema(Condition condition) {
        String cure = condition.cure() == null ? "" : " Cure: " + condition.cure();
        return Refusal.of(ErrorCode.DATABASE_MIGRATION_REQUIRED, condition.message() + cure);
    }

    private static Refusal unexplained() {
        return Refusal.of(
                ErrorCode.DATABASE_MIGRATION_REQUIRED,
                "The database schema is not what this release needs. Cure: " + Program.commandOfServer("db migrate"));
    }
}
