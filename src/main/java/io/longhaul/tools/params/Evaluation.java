package io.longhaul.tools.params;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.FailFastAssertionException;
import com.networknt.schema.Schema;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * The check of one value against one schema, within a bound on its work: a short schema can ask for endless work. The
 * validator calls this class for each keyword, and patterns and comparisons call it for each step; the step that
 * exceeds the bound throws.
 */
final class Evaluation extends ExecutionContext {
    /** Bound on computing time, far above the time that the largest values need with common schemas. */
    private static final long USUAL_NANOS = Duration.ofSeconds(1).toNanos();

    /** Added for each value within the checked one. */
    private static final long NANOS_A_VALUE = 1_000;

    /**
     * Factor for threads whose computing time cannot be measured: most of the elapsed time may belong to other threads.
     */
    private static final long UNMEASURED_FACTOR = 5;

    private static final int STEPS_BETWEEN_LOOKS = 16;

    /** Each error takes memory, and only the first hundred are reported. */
    private static final int MOST_ERRORS = 20_000;

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final ExecutionConfig ALL_ERRORS = config(false);
    private static final ExecutionConfig FIRST_ERROR = config(true);
    private static final ThreadLocal<Evaluation> CURRENT = new ThreadLocal<>();

    private final long mostSteps;
    private final long mostNanos;
    private final long begin = System.nanoTime();
    private final long computedBefore;
    private long steps;
    private int errors;
    private Stop stop;

    private Evaluation(ExecutionConfig config, long mostSteps, long mostNanos) {
        super(config);
        this.mostSteps = mostSteps;
        this.mostNanos = mostNanos;
        this.computedBefore = computed();
    }

    private static ExecutionConfig config(boolean first) {
        return ExecutionConfig.builder()
                .locale(Locale.ENGLISH)
                .formatAssertionsEnabled(false)
                .failFast(first)
                .build();
    }

    /**
     * Checks a value against a schema.
     *
     * @param values number of values in it
     * @return all errors; only the first if there would be thousands
     * @throws TooLong if the check exceeds its bound
     */
    static List<Error> of(Schema schema, JsonNode value, long values) throws TooLong {
        long most = USUAL_NANOS + NANOS_A_VALUE * values;
        try {
            return new Evaluation(ALL_ERRORS, Long.MAX_VALUE, most).run(schema, value);
        } catch (TooMany e) {
            return new Evaluation(FIRST_ERROR, Long.MAX_VALUE, most).first(schema, value);
        }
    }

    /** Even then the validator collects the errors within choices, to know which of them fits. */
    private List<Error> first(Schema schema, JsonNode value) throws TooLong {
        try {
            return run(schema, value);
        } catch (TooMany e) {
            throw new TooLong("does not fit the tool's schema in more than " + MOST_ERRORS
                    + " places, counted over all its choices: correct it, or give the schema fewer choices");
        }
    }

    /** Checks a minimal value, with a bound in steps: its result does not depend on the machine's speed. */
    static void trial(Schema schema, JsonNode value, long mostSteps) throws TooLong {
        new Evaluation(FIRST_ERROR, mostSteps, USUAL_NANOS).first(schema, value);
    }

    /** The evaluation that this thread runs. */
    static Evaluation current() {
        return CURRENT.get();
    }

    private List<Error> run(Schema schema, JsonNode value) throws TooLong {
        Evaluation outer = CURRENT.get();
        CURRENT.set(this);
        try {
            schema.validate(this, value);
            goOn();
            return getErrors();
        } catch (FailFastAssertionException e) {
            return List.of(e.getError());
        } catch (Stop e) {
            throw new TooLong(e.getMessage());
        } finally {
            CURRENT.set(outer);
        }
    }

    @Override
    public void evaluationPathAddLast(String keyword) {
        // First, because the validator removes the element again even after an exception here.
        super.evaluationPathAddLast(keyword);
        step();
        // A single comparison of the longest numbers can take a good part of a second.
        look();
    }

    @Override
    public void addError(Error error) {
        if (++errors > MOST_ERRORS) {
            throw new TooMany();
        }
        super.addError(error);
    }

    /** Counts a step. */
    void step() {
        goOn();
        if (++steps > mostSteps) {
            throw new Stop("needs more than " + mostSteps + " steps to be held against an empty value");
        }
        if (steps % STEPS_BETWEEN_LOOKS == 0) {
            look();
        }
    }

    private void goOn() {
        if (stop != null) {
            throw stop;
        }
    }

    /** Ends the evaluation if its time is over. */
    void look() {
        long passed = System.nanoTime() - begin;
        if (passed > mostNanos && isOver(passed)) {
            throw new Stop("takes longer than " + Duration.ofNanos(mostNanos).toMillis()
                    + " ms to be checked against the tool's schema, stopped at " + getEvaluationPath());
        }
    }

    /**
     * Ends the evaluation at the next step, because a part of it cannot be done. Always true: the result of that part
     * does not matter.
     */
    boolean stopped(Stop why) {
        stop = why;
        return true;
    }

    private boolean isOver(long passed) {
        return computedBefore < 0 ? passed > UNMEASURED_FACTOR * mostNanos : computed() - computedBefore > mostNanos;
    }

    /** Computing time of this thread so far; negative if unknown. */
    private static long computed() {
        try {
            return THREADS.getCurrentThreadCpuTime();
        } catch (UnsupportedOperationException e) {
            // A virtual thread.
            return -1;
        }
    }

    /** The check was ended early; the message continues "It ...". */
    static final class TooLong extends Exception {
        private static final long serialVersionUID = 1;

        TooLong(String message) {
            super(message);
        }
    }

    /** Thrown through the validator to end it. */
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stop(String message) {
            super(message, null, false, false);
        }
    }

    /** Too many errors. */
    private static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMany() {
            super(null, null, false, false);
        }
    }
}
