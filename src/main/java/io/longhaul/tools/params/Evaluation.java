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
 * One value held against one schema, and no longer than it may take: a short schema can ask for more work than anybody
 * will wait for. The validator tells this class of each keyword it comes to, and patterns and comparisons tell it of each
 * step; the one that is too many throws.
 */
final class Evaluation extends ExecutionContext {
    /** Usual computing time of the largest values is far below. */
    private static final long USUAL_NANOS = Duration.ofSeconds(1).toNanos();

    /** What each further value in the checked one adds. */
    private static final long NANOS_A_VALUE = 1_000;

    /** On threads whose computing time is not measured, others may take most of the time that passes. */
    private static final long UNMEASURED_FACTOR = 5;

    private static final int STEPS_BETWEEN_LOOKS = 16;

    /** Each takes memory, and only the first hundred are told. */
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
     * Holds a value against a schema.
     *
     * @param values how many values there are in it
     * @return what is wrong; only the first where it would be thousands
     * @throws TooLong if there is no end to it
     */
    static List<Error> of(Schema schema, JsonNode value, long values) throws TooLong {
        long most = USUAL_NANOS + NANOS_A_VALUE * values;
        try {
            return new Evaluation(ALL_ERRORS, Long.MAX_VALUE, most).run(schema, value);
        } catch (TooMany e) {
            return new Evaluation(FIRST_ERROR, Long.MAX_VALUE, most).first(schema, value);
        }
    }

    /** The validator still collects what is wrong within choices, to know which of them fits. */
    private List<Error> first(Schema schema, JsonNode value) throws TooLong {
        try {
            return run(schema, value);
        } catch (TooMany e) {
            throw new TooLong("does not fit the tool's schema in more than " + MOST_ERRORS
                    + " places, counted over all its choices: correct it, or give the schema fewer choices");
        }
    }

    /** The same for a value that asks for nothing, counted in steps: what goes beyond hangs on no machine's speed. */
    static void trial(Schema schema, JsonNode value, long mostSteps) throws TooLong {
        new Evaluation(FIRST_ERROR, mostSteps, USUAL_NANOS).first(schema, value);
    }

    /** The one that this thread is at. */
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
        // First: the validator takes it away again whatever is thrown here.
        super.evaluationPathAddLast(keyword);
        step();
        // A single comparison of the longest numbers takes a good part of a second.
        look();
    }

    @Override
    public void addError(Error error) {
        if (++errors > MOST_ERRORS) {
            throw new TooMany();
        }
        super.addError(error);
    }

    /** One more step was taken. */
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

    /** Ends it if its time is over. */
    void look() {
        long passed = System.nanoTime() - begin;
        if (passed > mostNanos && isOver(passed)) {
            throw new Stop("takes longer than " + Duration.ofNanos(mostNanos).toMillis()
                    + " ms to be checked against the tool's schema, stopped at " + getEvaluationPath());
        }
    }

    /** Ends it at the next step, because a part of it cannot be done. Always true: it does not matter what that part says. */
    boolean stopped(Stop why) {
        stop = why;
        return true;
    }

    private boolean isOver(long passed) {
        return computedBefore < 0 ? passed > UNMEASURED_FACTOR * mostNanos : computed() - computedBefore > mostNanos;
    }

    /** Computing time of this thread so far; negative where that is not known. */
    private static long computed() {
        try {
            return THREADS.getCurrentThreadCpuTime();
        } catch (UnsupportedOperationException e) {
            // A virtual thread.
            return -1;
        }
    }

    /** The value was not checked to its end; the message goes on from "It ...". */
    static final class TooLong extends Exception {
        private static final long serialVersionUID = 1;

        TooLong(String message) {
            super(message);
        }
    }

    /** Thrown through the validator, which is not to go on. */
    static final class Stop extends RuntimeException {
        private static final long serialVersionUID = 1;

        Stop(String message) {
            super(message, null, false, false);
        }
    }

    /** The same, for errors. */
    private static final class TooMany extends RuntimeException {
        private static final long serialVersionUID = 1;

        TooMany() {
            super(null, null, false, false);
        }
    }
}
