package io.longhaul.api.batches;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.access.CallerCheck;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.ListBody;
import io.longhaul.api.http.Preference;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.intake.SubmissionReader;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.auth.ownership.Caller;
import io.longhaul.ids.TimedIds;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.Intake;
import io.longhaul.jobs.intake.JointCommit;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.jobs.intake.SubmissionRejected;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** Submits batches. */
public final class BatchSubmissions {
    private static final String JOBS = "jobs";
    private static final int MOST_JOBS = 1_000;

    /** Of a job, beside its params. */
    private static final int OTHER_VALUES = 1_000;

    /** Keeps the answer short. */
    private static final int MOST_ERRORS = 1_000;

    /** Leaves room for the position of a job at the end. */
    private static final int LONGEST_KEY = 250;

    private final ApiConfiguration configuration;
    private final SubmissionReader reader;
    private final JsonBodies bodies;
    private final Intake intake;

    public BatchSubmissions(ApiConfiguration configuration, Intake intake) {
        this.configuration = configuration;
        this.reader = new SubmissionReader(configuration);
        this.bodies = new JsonBodies(configuration.maxBatchBodyBytes());
        this.intake = intake;
    }

    /** A job of a batch. It has a submission or a refusal; the result is set last. */
    private static final class Item {
        private final int index;
        private final KeptRefusals kept;
        private Submission submission;
        private Refusal refusal;
        private JointCommit.Result result;

        Item(int index, KeptRefusals kept) {
            this.index = index;
            this.kept = kept;
        }

        void refuse(List<FieldError> errors) {
            refusal = kept.kept(invalid(errors));
        }

        void refuse(SubmissionRejected rejected) {
            refuse(Refusal.of(rejected, submission.tool()));
        }

        void refuse(Refusal r) {
            String at = "/jobs/" + index;
            List<FieldError> errors = r.errors().isEmpty()
                    ? List.of(new FieldError(at, r.message()))
                    : r.errors().stream()
                            .map(e -> new FieldError(at + e.pointer(), e.message()))
                            .toList();
            refusal = kept.kept(
                    Refusal.of(r.code(), r.message(), submission.tool(), errors).of(r.backlog()));
        }

        BatchAnswer.Result answer(boolean minimal) {
            if (refusal != null) {
                return new BatchAnswer.Result(
                        index, BatchAnswer.REJECTED, null, null, BatchAnswer.Rejection.of(refusal));
            }
            Job job = result.submitted().job();
            return new BatchAnswer.Result(
                    index,
                    BatchAnswer.status(result.submitted()),
                    minimal ? job.id() : null,
                    minimal ? null : JobRepresentation.of(job),
                    null);
        }

        /** True if the refused job may be accepted later, with all jobs of its batch. */
        boolean passes(List<Item> batch) {
            return refusal.code().retryAfterSeconds() > 0 && fits(batch);
        }

        /** False if the jobs of the batch that go into the full queue are more than it ever takes. */
        boolean fits(List<Item> batch) {
            return refusal.backlog() == null
                    || batch.stream()
                                    .filter(item -> refusal.backlog().ofAll() || item.isOf(submission.tool()))
                                    .count()
                            <= refusal.backlog().depth();
        }

        private boolean isOf(String tool) {
            return submission != null && tool.equals(submission.tool());
        }

        boolean isReplayed() {
            return result.submitted().replayed();
        }

        UUID batch() {
            return result.submitted().job().extras().batchId();
        }
    }

    /** Submits a batch. Its jobs are committed when this returns. */
    BatchAnswer submit(InputStream body, HttpServletRequest request) {
        SubmissionReader.requireUtf8(request);
        ListBody read = bodies.readList(body, JOBS, MOST_JOBS);
        Fields fields = new Fields(read.members());
        boolean atomic = fields.bool("atomic", true);
        String key = key(fields, request);
        requireJobs(read, fields);
        UnknownMembers.check(fields, request);
        fields.check(null);
        Caller caller = Caller.of(request);
        List<Item> items = items(read, key, request);
        items.stream().filter(item -> item.refusal == null).forEach(item -> own(item, caller, atomic));
        return submit(items, atomic, Preference.of(request).minimal());
    }

    private List<Item> items(ListBody read, String key, HttpServletRequest request) {
        Trace trace = Trace.in(request);
        KeptRefusals kept = new KeptRefusals();
        List<Item> items = new ArrayList<>();
        read.forEach(mostValues(), new ListBody.Elements() {
            @Override
            public void take(int index, JsonNode job) {
                Item item = new Item(index, kept);
                read(item, job, trace, key, request);
                items.add(item);
            }

            @Override
            public void tooLarge(int index) {
                Item item = new Item(index, kept);
                item.refuse(List.of(new FieldError(
                        "/jobs/" + index, "has more names and values than fit into the params of a job")));
                items.add(item);
            }
        });
        return items;
    }

    /** Each value of params takes two bytes of their text at least. The other members have few. */
    private int mostValues() {
        return configuration.maxBodyBytes() / 2 + OTHER_VALUES;
    }

    /** An atomic batch is refused as a whole if the caller may not use one of its tools. */
    private static void own(Item item, Caller caller, boolean atomic) {
        try {
            item.submission = CallerCheck.own(caller, item.submission);
        } catch (RefusedException e) {
            item.refuse(e.refusal());
            if (atomic && item.refusal.code() == ErrorCode.TOOL_FORBIDDEN) {
                throw new RefusedException(item.refusal);
            }
        }
    }

    private BatchAnswer submit(List<Item> items, boolean atomic, boolean minimal) {
        BudgetedCheck check = new BudgetedCheck(intake);
        items.forEach(item -> check(item, check));
        if (atomic) {
            refuseIfAny(items);
        }
        List<Item> good = items.stream().filter(item -> item.refusal == null).toList();
        JointCommit.Answer answer =
                intake.submitAll(good.stream().map(item -> item.submission).toList(), TimedIds.uuid(), atomic);
        for (int i = 0; i < good.size(); i++) {
            Item item = good.get(i);
            item.result = answer.results().get(i);
            if (item.result.rejected() != null) {
                item.refuse(item.result.rejected());
            }
        }
        if (!answer.stored()) {
            refuseIfAny(items);
        }
        return BatchAnswer.of(
                batch(items), items.stream().map(item -> item.answer(minimal)).toList());
    }

    /** The batch of the new jobs, or the one that all repeated jobs share, or null. */
    private static UUID batch(List<Item> items) {
        List<Item> there = items.stream().filter(item -> item.refusal == null).toList();
        boolean any = there.stream().anyMatch(item -> !item.isReplayed());
        List<UUID> batches = there.stream()
                .filter(item -> item.isReplayed() != any)
                .map(Item::batch)
                .distinct()
                .limit(2)
                .toList();
        return batches.size() == 1 ? batches.get(0) : null;
    }

    private static void check(Item item, BudgetedCheck check) {
        if (item.refusal == null) {
            try {
                check.check(item.submission);
            } catch (SubmissionRejected e) {
                item.refuse(e);
            }
        }
    }

    private static void refuseIfAny(List<Item> items) {
        List<Item> refused = items.stream().filter(item -> item.refusal != null).toList();
        if (!refused.isEmpty()) {
            Item first = refused.get(0);
            String message = String.format(
                    Locale.ROOT,
                    "%d of %d jobs cannot be accepted, so none was stored. The first is /jobs/%d: %s",
                    refused.size(),
                    items.size(),
                    first.index,
                    first.refusal.message());
            List<FieldError> errors = refused.stream()
                    .flatMap(item -> item.refusal.errors().stream())
                    .limit(MOST_ERRORS)
                    .toList();
            throw new RefusedException(refusal(refused, items, message, errors));
        }
    }

    /** A batch that time alone cures is refused like such a job: clients wait and send it again. */
    private static Refusal refusal(List<Item> refused, List<Item> items, String message, List<FieldError> errors) {
        if (refused.stream().allMatch(item -> item.passes(items))) {
            Refusal longest = refused.stream()
                    .map(item -> item.refusal)
                    .max(Comparator.comparing(Refusal::retryAfterSeconds))
                    .orElseThrow();
            return Refusal.of(longest.code(), message, longest.tool(), errors).of(longest.backlog());
        }
        boolean isTooLong = refused.stream().anyMatch(item -> !item.fits(items));
        String cure = isTooLong ? " The batch has more jobs than that queue takes: send fewer at once." : "";
        return Refusal.of(ErrorCode.INVALID_BATCH, message + cure, null, errors);
    }

    private void read(Item item, JsonNode json, Trace trace, String batchKey, HttpServletRequest request) {
        String at = "/jobs/" + item.index;
        if (!(json instanceof ObjectNode object)) {
            item.refuse(List.of(new FieldError(at, "must be an object")));
            return;
        }
        Fields fields = new Fields(object, at);
        String own = IdempotencyKey.of(fields.optionalText(IdempotencyKey.FIELD), List.of(), fields);
        // Padded with zeros: keys are written in their order, and jobs must keep the order of the batch.
        String key =
                own != null || batchKey == null ? own : String.format(Locale.ROOT, "%s/%03d", batchKey, item.index);
        item.submission = reader.read(fields, trace.traceId(), key).under(trace.kept());
        if (item.submission.params().length() > configuration.maxBodyBytes()) {
            fields.wrong("params", "is larger than the " + configuration.maxBodyBytes() + " bytes a job may have");
        }
        UnknownMembers.check(fields, request);
        if (!fields.errors().isEmpty()) {
            item.refuse(fields.errors());
        }
    }

    private static Refusal invalid(List<FieldError> errors) {
        FieldError first = errors.get(0);
        return Refusal.of(
                ErrorCode.INVALID_REQUEST, first.pointer().substring(1) + " " + first.message() + ".", null, errors);
    }

    private static void requireJobs(ListBody read, Fields fields) {
        JsonNode jobs = fields.any(JOBS, JsonNodeFactory.instance.nullNode());
        if (!jobs.isArray() || read.size() == 0 || read.size() > MOST_JOBS) {
            fields.wrong(JOBS, "must be a list of 1 to " + MOST_JOBS + " jobs");
        }
    }

    private static String key(Fields fields, HttpServletRequest request) {
        String key = IdempotencyKey.of(null, Collections.list(request.getHeaders(IdempotencyKey.HEADER)), fields);
        if (key != null && key.length() > LONGEST_KEY) {
            fields.wrong(
                    IdempotencyKey.FIELD,
                    "in the header " + IdempotencyKey.HEADER + " must have at most " + LONGEST_KEY
                            + " characters for a batch");
        }
        return key;
    }
}
