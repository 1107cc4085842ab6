package io.longhaul.schema.watch;

import java.time.Instant;

/**
 * Whether this node can work with the schema it found, and if not, why and what cures it.
 *
 * @param status the verdict
 * @param reason one sentence for people; empty if there is nothing to say
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
        /** What this release needs is not there: somebody has to migrate. */
        MIGRATION_REQUIRED,
        /** What is there differs so that serving would lose or corrupt jobs; migrating alone does not help. */
        INCOMPATIBLE,
        /** The database takes no writes: what is stored can be shown, and nothing else. */
        READ_ONLY,
        /** The database does not answer. */
        UNREACHABLE,
        /** Not checked yet, or the check itself failed. */
        UNKNOWN
    }

    /**
     * Whether the node may serve.
     *
     * @return true for {@link Status#READY}
     */
    public boolean ready() {
        return status == Status.READY;
    }

    /**
     * Reason and cure in one line.
     *
     * @return such as {@code Table jobs is missing. Cure: java -jar app.jar db migrate config.yml}
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
