package io.longhaul.schema.watch;

import java.time.Instant;

/**
 * The verdict on the schema: can this node work with it, and if not, the reason and the cure.
 *
 * @param status the verdict
 * @param reason one sentence for people; may be empty
 * @param cure the command or action that helps; empty if none is needed
 * @param finding the facts behind the verdict
 * @param since when this verdict was first reached
 * @param checkedAt when it was last confirmed
 */
public record SchemaState(
        Status status, String reason, String cure, SchemaFinding finding, Instant since, Instant checkedAt) {

    /** The verdicts. */
    public enum Status {
        /** The node may serve; the reason may still name a weakness. */
        READY,
        /** Objects that this release needs are missing: the database must be migrated. */
        MIGRATION_REQUIRED,
        /** The schema differs so that serving would lose or corrupt jobs; migrating alone does not help. */
        INCOMPATIBLE,
        /** The database takes no writes: stored data can be shown, but nothing changed. */
        READ_ONLY,
        /** The database does not answer. */
        UNREACHABLE,
        /** Not checked yet, or the check itself failed. */
        UNKNOWN
    }

    public boolean ready() {
        return status == Status.READY;
    }

    /**
     * Reason and cure in one line, such as
     * {@code Table jobs is missing. Cure: java -jar app.jar db migrate config.yml}.
     */
    public String message() {
        return cure.isEmpty() ? reason : reason + " Cure: " + cure;
    }

    boolean saysTheSameAs(SchemaState other) {
        return status == other.status
                && reason.equals(other.reason)
                && cure.equals(other.cure)
                && finding.equals(other.finding);
    }

    SchemaState since(Instant earlier) {
        return new SchemaState(status, reason, cure, finding, earlier, checkedAt);
    }

    SchemaState checkedAt(Instant now) {
        return new SchemaState(status, reason, cure, finding, since, now);
    }
}
