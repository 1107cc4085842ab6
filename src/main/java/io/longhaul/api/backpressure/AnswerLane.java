package io.longhaul.api.backpressure;

import java.util.concurrent.Executor;

/** Runs what answers requests after they have waited: few at once, but without waiting for clients that read slowly. */
public final class AnswerLane implements Executor {
    /** Thousands of waits may end at once. More would take the connections to the database from other requests. */
    private static final int MOST_AT_ONCE = 4;

    /** Answers that are too large for the buffer, and whose clients read slowly. */
    private static final int MOST_SLOW = 32;

    /** Answers to submits: one commit may give hundreds, and most of them only have to be written. */
    private static final int MOST_OF_SUBMITS = 16;

    private final Lane lane;
    private final Executor threads;

    private AnswerLane(int most, Executor threads) {
        this.lane = new Lane(most, Integer.MAX_VALUE, new Lane(MOST_SLOW, 0, null));
        this.threads = threads;
    }

    /**
     * Runs on these threads.
     *
     * @param threads as many as are asked for
     */
    public AnswerLane(Executor threads) {
        this(MOST_AT_ONCE, threads);
    }

    /** A wider lane, for the answers to submits. */
    public static AnswerLane ofSubmits(Executor threads) {
        return new AnswerLane(MOST_OF_SUBMITS, threads);
    }

    @Override
    public void execute(Runnable work) {
        lane.start(work, threads);
    }
}
