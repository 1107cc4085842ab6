package io.longhaul.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.access.Caller;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.http.Inflated;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Trace;
import io.longhaul.api.intake.SubmissionReader;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes jobs that arrive as lines of JSON, however many: they are committed in parts while the rest is still on its way,
 * so no more than a part is held in memory.
 */
public final class JobLines {
    /** What is told of each line is held until the last one was read. */
    static final int MOST = 100_000;

    /** Of a body in all, blank lines and what is cut of long ones included. */
    private static final long MOST_BYTES = 1L << 30;

    private static final int PART = 500;

    /** Characters of params in one part. */
    private static final int PART_CHARS = 8 << 20;

    /** With the number of a line behind it, a key still fits. */
    private static final int LONGEST_KEY = 245;

    private static final Logger LOG = LoggerFactory.getLogger(JobLines.class);

    private final ApiConfiguration configuration;
    private final SubmissionReader reader;
    private final JsonBodies bodies;
    private final Intake intake;

    public JobLines(ApiConfiguration configuration, Intake intake) {
        this.configuration = configuration;
        this.reader = new SubmissionReader(configuration);
        this.bodies = new JsonBodies(configuration.maxBodyBytes());
        this.intake = intake;
    }

    /**
     * What became of a line.
     *
     * @param index its place among the lines that are not empty, from 0
     * @param status created, replayed or rejected
     * @param jobId the job, left out if rejected
     * @param error why it was rejected, else left out
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            int index,

            @Shape(values = {"created", "replayed", "rejected"})
            String status,

            UUID jobId,
            BatchAnswer.Rejection error) {}

    /** Jobs on their way in; the results of all lines in their order. */
    private final class Reading {
        private final String traceId;
        private final String batchKey;
        private final Caller caller;
        private final PatientCheck check = new PatientCheck(intake);
        private final List<Result> results = new ArrayList<>();
        private final List<Submission> waiting = new ArrayList<>();
        private final List<Integer> places = new ArrayList<>();
        private int chars;
        private boolean anyStored;
        private boolean failed;

        Reading(String traceId, String batchKey, Caller caller) {
            this.caller = caller;
            this.traceId = traceId;
            this.batchKey = batchKey;
        }

        void add(byte[] line) {
            int index = results.size();
            results.add(null);
            if (failed) {
                reject(index, PartFailure.notTried());
                return;
            }
            try {
                Submission submission = submission(line, index);
                check.check(submission);
                waiting.add(submission);
                places.add(index);
                chars += submission.params().length();
            } catch (SubmissionRejected e) {
                reject(index, Refusal.of(e, null));
            } catch (RefusedException e) {
                reject(index, e.refusal());
            } catch (RuntimeException e) {
                fail(e);
                reject(index, PartFailure.notTried());
            }
            if (waiting.size() >= PART || chars >= PART_CHARS) {
                commit();
            }
        }

        private Submission submission(byte[] line, int index) {
            Fields fields = new Fields(bodies.read(new ByteArrayInputStream(line)));
            String own = IdempotencyKey.of(fields.optionalText(IdempotencyKey.FIELD), List.of(), fields);
            // With zeros, because keys are written in their order and jobs shall keep theirs.
            String key = own != null || batchKey == null ? own : String.format(Locale.ROOT, "%s/%06d", batchKey, index);
            Submission submission = reader.read(fields, traceId, key);
            fields.check(submission.tool());
            return caller.own(submission);
        }

        void reject(int index, Refusal refusal) {
            results.set(
                    index,
                    new Result(
                            index,
                            BatchAnswer.REJECTED,
                            null,
                            new BatchAnswer.Rejection(refusal.code().name(), refusal.message(), refusal.errors())));
        }

        /** The last of them: what comes behind is not read. */
        void rejectNext(Refusal refusal) {
            int index = results.size();
            results.add(null);
            reject(index, refusal);
        }

        void commit() {
            try {
                store();
                anyStored |= !waiting.isEmpty();
            } catch (RuntimeException e) {
                fail(e);
                for (int i = 0; i < places.size(); i++) {
                    reject(places.get(i), PartFailure.of(e, i));
                }
            }
            waiting.clear();
            places.clear();
            chars = 0;
        }

        /** Once some are stored, that is what has to be told. */
        private void fail(RuntimeException failure) {
            if (!anyStored) {
                throw failure;
            }
            LOG.warn("Lines are stored; the database failed at those behind them: {}", failure.getMessage());
            failed = true;
        }

        private void store() {
            List<JointCommit.Result> made = waiting.isEmpty()
                    ? List.of()
                    : intake.submitAll(waiting, null, false).results();
            for (int i = 0; i < made.size(); i++) {
                JointCommit.Result one = made.get(i);
                int index = places.get(i);
                if (one.rejected() != null) {
                    reject(index, Refusal.of(one.rejected(), waiting.get(i).tool()));
                } else {
                    String status = one.submitted().replayed() ? BatchAnswer.REPLAYED : BatchAnswer.CREATED;
                    results.set(
                            index,
                            new Result(index, status, one.submitted().job().id(), null));
                }
            }
        }
    }

    /** Submits a job for each line; all that can be are committed when this returns. */
    List<Result> submit(InputStream body, HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        String key = IdempotencyKey.ofHeader(request);
        if (key != null && key.length() > LONGEST_KEY) {
            throw new RefusedException(
                    ErrorCode.INVALID_REQUEST,
                    "The header " + IdempotencyKey.HEADER + " must have at most " + LONGEST_KEY + " characters here.");
        }
        Reading reading = new Reading(Trace.in(request).traceId(), key, Caller.of(request));
        InputStream lines = new BufferedInputStream(Inflated.of(body, MOST_BYTES, request), 1 << 16);
        try {
            read(lines, reading);
        } catch (Inflated.TooLargeException e) {
            if (reading.results.isEmpty()) {
                throw new RefusedException(JsonBodies.unreadable(e));
            }
            reading.rejectNext(JsonBodies.unreadable(e));
        }
        reading.commit();
        return reading.results;
    }

    private void read(InputStream lines, Reading reading) throws Inflated.TooLargeException {
        for (byte[] line = next(lines); line != null; line = next(lines)) {
            if (reading.results.size() == MOST) {
                reading.rejectNext(tooMany());
                return;
            }
            reading.add(line);
        }
    }

    private static Refusal tooMany() {
        return Refusal.of(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "A request takes " + MOST + " jobs: this one and those behind it were not read. Send them in another.");
    }

    /** The next line that is not empty, cut to one byte over the limit; or null at the end. */
    private byte[] next(InputStream in) throws Inflated.TooLargeException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try {
            int next = in.read();
            while (next >= 0 && (next != '\n' || isBlank(line))) {
                if (next == '\n') {
                    line.reset();
                } else if (line.size() <= configuration.maxBodyBytes()) {
                    line.write(next);
                }
                next = in.read();
            }
        } catch (Inflated.TooLargeException e) {
            throw e;
        } catch (IOException e) {
            throw new RefusedException(JsonBodies.unreadable(e));
        }
        return isBlank(line) ? null : line.toByteArray();
    }

    private static boolean isBlank(ByteArrayOutputStream line) {
        if (line.size() > 8) {
            return false;
        }
        return line.toString(java.nio.charset.StandardCharsets.ISO_8859_1).isBlank();
    }
}
