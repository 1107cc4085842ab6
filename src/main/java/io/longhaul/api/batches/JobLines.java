package io.longhaul.api.batches;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.access.CallerCheck;
import io.longhaul.api.description.Shape;
import io.longhaul.api.http.BoundedBody;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.intake.SubmissionReader;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Takes jobs that arrive as lines of JSON. They are committed in chunks while the rest is still arriving, so no more than one
 * chunk is held in memory.
 */
public final class JobLines {
    /** The results of all lines are held until the last line was read. */
    static final int MOST = 100_000;

    /** Bytes of a body, with blank lines and the parts of long lines that are cut off. */
    private static final long MOST_BYTES = 1L << 30;

    private static final int CHUNK = 500;

    /** Leaves room for the number of the line at the end. */
    private static final int LONGEST_KEY = 245;

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
     * The result of one line.
     *
     * @param index position among the lines that are not empty, from 0
     * @param status created, replayed or rejected
     * @param jobId the job; left out if rejected
     * @param error reason of a rejection, else left out
     * @param warnings members of the line that no job has, with what was probably meant; left out if there are none
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Result(
            int index,

            @Shape(values = {"created", "replayed", "rejected"})
            String status,

            UUID jobId,
            BatchAnswer.Rejection error,
            List<FieldError> warnings) {}

    /** The lines of one request, and their results in the same order. */
    private final class Reading implements ChunkedSubmissions.Results<Integer> {
        private final Trace trace;
        private final String batchKey;
        private final Caller caller;
        private final BudgetedCheck check = new BudgetedCheck(intake);
        private final HttpServletRequest request;
        private final Map<Integer, List<FieldError>> warnings = new HashMap<>();
        private final List<Result> results = new ArrayList<>();
        private final KeptRefusals kept = new KeptRefusals();
        private final ChunkedSubmissions<Integer> chunks = new ChunkedSubmissions<>(intake, CHUNK, this);

        Reading(Trace trace, String batchKey, HttpServletRequest request) {
            this.request = request;
            this.caller = Caller.of(request);
            this.trace = trace;
            this.batchKey = batchKey;
        }

        void add(byte[] line) {
            int index = results.size();
            results.add(null);
            chunks.add(index, () -> submission(line, index));
        }

        private Submission submission(byte[] line, int index) throws SubmissionRejected {
            Submission read = bodies.read(new ByteArrayInputStream(line), object -> read(new Fields(object), index));
            Submission submission = CallerCheck.own(caller, read);
            check.check(submission);
            return submission;
        }

        private Submission read(Fields fields, int index) {
            String own = IdempotencyKey.of(fields.optionalText(IdempotencyKey.FIELD), List.of(), fields);
            // Padded with zeros: keys are written in their order, and jobs must keep the order of the lines.
            String key = own != null || batchKey == null ? own : String.format(Locale.ROOT, "%s/%06d", batchKey, index);
            Submission read = reader.read(fields, trace.traceId(), key).under(trace.kept());
            List<FieldError> unknown = kept.keptWarnings(UnknownMembers.unknown(fields, request));
            if (!unknown.isEmpty()) {
                warnings.put(index, unknown);
            }
            fields.check(read.tool());
            return read;
        }

        @Override
        public void stored(Integer index, Submitted submitted) {
            UUID job = submitted.job().id();
            results.set(index, new Result(index, BatchAnswer.status(submitted), job, null, warnings.remove(index)));
        }

        @Override
        public void rejected(Integer index, Refusal refusal) {
            BatchAnswer.Rejection rejection = BatchAnswer.Rejection.of(kept.kept(refusal));
            results.set(index, new Result(index, BatchAnswer.REJECTED, null, rejection, warnings.remove(index)));
        }

        /** Rejects a line and reads no further. */
        void rejectLast(Refusal refusal) {
            int index = results.size();
            results.add(null);
            rejected(index, refusal);
        }
    }

    /**
     * Submits a job for each line. All accepted jobs are committed when this returns. If the body cannot be read to its
     * end, the last result says so: the client must learn of the jobs before it.
     */
    List<Result> submit(InputStream body, HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        String key = IdempotencyKey.ofHeader(request, LONGEST_KEY);
        Reading reading = new Reading(Trace.in(request), key, request);
        InputStream lines = new BufferedInputStream(BoundedBody.of(body, MOST_BYTES, request), 1 << 16);
        try {
            read(lines, reading);
        } catch (RefusedException e) {
            boolean isCut = e.refusal().code() == ErrorCode.PAYLOAD_TOO_LARGE && !reading.results.isEmpty();
            if (!isCut && !reading.chunks.hasStored()) {
                throw e;
            }
            reading.rejectLast(e.refusal());
        }
        reading.chunks.commit();
        return reading.results;
    }

    private void read(InputStream lines, Reading reading) {
        for (byte[] line = next(lines); line != null; line = next(lines)) {
            if (reading.results.size() == MOST) {
                reading.rejectLast(tooMany());
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

    /** Reads the next line that is not empty, cut to one byte over the limit; null at the end. */
    private byte[] next(InputStream in) {
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
        } catch (IOException | RuntimeException e) {
            throw JsonBodies.unread(e);
        }
        return isBlank(line) ? null : line.toByteArray();
    }

    private static boolean isBlank(ByteArrayOutputStream line) {
        if (line.size() > 8) {
            return false;
        }
        return line.toString(StandardCharsets.ISO_8859_1).isBlank();
    }
}
