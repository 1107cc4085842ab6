package io.longhaul.jobs.intake;

import io.longhaul.jobs.Backlog;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/** A submission that cannot become a job; nothing was stored. */
public final class SubmissionRejected extends Exception {
    private static final long serialVersionUID = 1L;

    /** More would only make the answer long: the params may name one file thousands of times. */
    private static final int MOST_FILES = 100;

    private final Reason reason;
    private final transient List<Field> fields;
    private final transient Backlog backlog;

    /**
     * The reason of a rejection.
     *
     * @param message the mistake and its cure
     * @param fields the members that are wrong, if known
     */
    public SubmissionRejected(Reason reason, String message, List<Field> fields) {
        this(reason, message, fields, null);
    }

    SubmissionRejected(Reason reason, String message, List<Field> fields, Backlog backlog) {
        super(message);
        this.reason = reason;
        this.fields = List.copyOf(fields);
        this.backlog = backlog;
    }

    static SubmissionRejected keyReused(UUID job) {
        return new SubmissionRejected(
                Reason.IDEMPOTENCY_KEY_REUSED,
                "The idempotency key was used for job " + job
                        + " with another payload. Send the same payload to get that job, or use a new key.",
                List.of(new Field("/idempotency_key", "was used with another payload")));
    }

    /** For a job of a batch that is not stored because another job has the same key. */
    static SubmissionRejected keyTwiceInBatch(int other) {
        String where = "/jobs/" + other;
        return new SubmissionRejected(
                Reason.IDEMPOTENCY_KEY_REUSED,
                "The idempotency key is that of " + where
                        + " in the same batch, with another payload. Give each its own.",
                List.of(new Field("/idempotency_key", "is that of " + where + ", with another payload")));
    }

    static SubmissionRejected keyJustFreed() {
        return new SubmissionRejected(
                Reason.OVERLOADED, "The job of this idempotency key was removed just now. Try again.", List.of());
    }

    /**
     * The submission names predecessors that do not exist or that its submitter may not see. The message is the
     * same for both.
     *
     * @param after the predecessors
     * @param unknown those that it cannot run after
     */
    public static SubmissionRejected unknownPredecessor(List<UUID> after, Set<UUID> unknown) {
        List<Field> fields = IntStream.range(0, after.size())
                .filter(i -> unknown.contains(after.get(i)))
                .mapToObj(i -> new Field("/after/" + i, "is not the id of a job, or no longer"))
                .toList();
        UUID first = after.stream().filter(unknown::contains).findFirst().orElseThrow();
        return new SubmissionRejected(
                Reason.UNKNOWN_PREDECESSOR,
                "There is no job " + first + " to run after; it may have been removed.",
                fields);
    }

    /**
     * The submission names files that do not exist or that its submitter may not see. The message is the same for
     * both.
     *
     * @param named the files
     * @param unknown those that it cannot use; the first places of them are told
     */
    public static SubmissionRejected unknownFile(List<FilesTaken.Taken> named, Set<UUID> unknown) {
        List<FilesTaken.Taken> missing = named.stream()
                .filter(file -> unknown.contains(file.file()))
                .limit(MOST_FILES)
                .toList();
        return new SubmissionRejected(
                Reason.UNKNOWN_FILE,
                "There is no file " + missing.get(0).file()
                        + ", or no longer: upload it with POST /v1/files, and submit soon after.",
                missing.stream()
                        .map(file -> new Field(
                                "/params" + file.pointer(), "is not the id of an uploaded file, or no longer"))
                        .toList());
    }

    public Reason reason() {
        return reason;
    }

    /** The members that are wrong; empty if no single one is. */
    public List<Field> fields() {
        return fields;
    }

    /** The full queue; null unless that is the reason. */
    public Backlog backlog() {
        return backlog;
    }

    /** The kinds of rejection. */
    public enum Reason {
        /** There is no tool of that name. */
        UNKNOWN_TOOL,
        /** The params do not match the tool's schema, or cannot be stored. */
        INVALID_PARAMS,
        /** Its webhook cannot be called: the endpoint does not exist, or the address is refused. */
        INVALID_WEBHOOK,
        /** A predecessor does not exist. */
        UNKNOWN_PREDECESSOR,
        /** A param names a file that does not exist. */
        UNKNOWN_FILE,
        /** The idempotency key belongs to a job with another payload. */
        IDEMPOTENCY_KEY_REUSED,
        /** Too many jobs wait for a worker. */
        QUEUE_FULL,
        /** Too many submissions wait for the database. */
        OVERLOADED,
        /** The node is stopping; another one accepts the same submission. */
        STOPPING
    }

    /**
     * A member that is wrong.
     *
     * @param pointer JSON Pointer (RFC 6901) into the request body
     * @param message what is wrong
     */
    public record Field(String pointer, String message) {}
}
