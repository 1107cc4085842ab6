package io.longhaul.campaign;

import java.util.List;
import java.util.Map;

/**
 * What is known of some jobs when all is over. Times are those of {@link System#nanoTime}.
 *
 * @param calls what clients asked and were answered
 * @param runs what tools really ran
 * @param rows what the database holds
 */
record History(List<Call> calls, List<Run> runs, List<Row> rows) {
    /** The time of what never came. */
    static final long NEVER = Long.MAX_VALUE;

    /** What a client can ask. A wait is a read, and a retry is a submit of another job. */
    enum Kind {
        SUBMIT,
        READ,
        CANCEL
    }

    /**
     * A job at some moment.
     *
     * @param status its status; {@code absent} if there was no such job
     * @param attempt its attempt, or -1 if that was not told
     * @param result its result, or null if there was none or it was not told
     */
    record State(String status, int attempt, String result) {
        static final State ABSENT = new State("absent", -1, null);
        static final State CANCELLED = new State("cancelled", -1, null);

        boolean isAbsent() {
            return status.equals("absent");
        }

        boolean hasEnded() {
            return !isAbsent() && !status.equals("pending") && !status.equals("running");
        }

        /** A number that grows during the life of a job: 2n - 1 while attempt n runs, 2n when the job waits after it. */
        int position() {
            if (isAbsent()) {
                return -1;
            }
            return hasEnded() ? Integer.MAX_VALUE : status.equals("running") ? 2 * attempt - 1 : 2 * attempt;
        }
    }

    /**
     * A request and its answer.
     *
     * @param key of a submit, else null
     * @param job its id, or null if that was not told
     * @param saw what the answer said of the job, or null without an answer
     * @param answered {@link #NEVER} without an answer
     */
    record Call(Kind kind, String key, String job, State saw, long asked, long answered) {
        boolean isAnswered() {
            return answered != NEVER;
        }
    }

    /**
     * A run of a tool.
     *
     * @param ended {@link #NEVER} if it did not come to its end
     */
    record Run(String job, int attempt, String node, long begun, long ended) {}

    /**
     * A job in the database.
     *
     * @param key its idempotency key
     * @param node which ran it last, or null
     * @param isLogged whether its tool writes down its runs
     * @param over the nodes of attempts that did not complete it
     */
    record Row(String job, String key, State state, String node, boolean isLogged, Map<Integer, String> over) {}
}
