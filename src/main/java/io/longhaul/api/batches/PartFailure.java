package io.longhaul.api.batches;

import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Refusal;
import io.longhaul.jobs.intake.CommitUnknownException;
import java.util.UUID;

/** What became of the jobs of a part that failed when parts before it were committed, whose jobs must be told of. */
final class PartFailure {
    private static final Refusal NOT_STORED = Refusal.of(
            ErrorCode.DATABASE_UNAVAILABLE,
            "The database failed before this job was stored; those that are named as created are. Send this one again.");

    private PartFailure() {}

    /**
     * What to say of one job.
     *
     * @param failure what the commit of the part threw
     * @param place of the job in the part
     */
    static Refusal of(RuntimeException failure, int place) {
        return failure instanceof CommitUnknownException unknown
                ? unknown(unknown.jobs().get(place))
                : NOT_STORED;
    }

    /** For jobs behind that part: nobody tried to store them. */
    static Refusal notTried() {
        return NOT_STORED;
    }

    private static Refusal unknown(UUID job) {
        return Refusal.of(
                ErrorCode.OUTCOME_UNKNOWN,
                "The connection to the database broke while this job was being stored. Once it answers, GET /v1/jobs/"
                        + job + " shows it if it is, and 404 if it is not.");
    }
}
