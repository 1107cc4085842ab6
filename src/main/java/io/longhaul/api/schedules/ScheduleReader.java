package io.longhaul.api.schedules;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.api.ApiConfiguration;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Fields;
import io.longhaul.api.http.IdempotencyKey;
import io.longhaul.api.http.Ids;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.intake.ExtrasReader;
import io.longhaul.api.intake.SubmissionReader;
import io.longhaul.jobs.intake.Submission;
import io.longhaul.schedules.Cron;
import io.longhaul.schedules.Misfire;
import io.longhaul.schedules.Schedule;
import io.longhaul.schedules.Schedules.Wanted;
import io.longhaul.tools.params.ParamsJson;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;

/** Reads schedules from requests, and makes submissions from schedules. */
public final class ScheduleReader implements Function<Schedule, Submission> {
    /** Options of a schedule's jobs, kept as they were sent. */
    static final List<String> OPTIONS = List.of(
            "priority",
            "ttl_hours",
            ExtrasReader.START_WITHIN,
            "timeout_seconds",
            "max_attempts",
            ExtrasReader.RETRY,
            ExtrasReader.ON_WORKER_LOSS,
            "concurrency_key",
            "fairness_key",
            ExtrasReader.WEBHOOK,
            "overlap");

    /** Members of a submit that have no meaning for a schedule. */
    private static final List<String> NOT_HERE =
            List.of("run_at", ExtrasReader.AFTER, ExtrasReader.AFTER_ANY, IdempotencyKey.FIELD);

    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_CRON = 200;

    private final SubmissionReader submissions;

    public ScheduleReader(ApiConfiguration configuration) {
        this.submissions = new SubmissionReader(configuration);
    }

    /** A requested schedule and the submission that its runs will make. */
    record Draft(Wanted wanted, Submission submission) {}

    /** Reads a whole schedule; its next run is the first after {@code now}. */
    Draft read(ObjectNode body, Instant now, HttpServletRequest request) {
        Fields fields = new Fields(body);
        String name = fields.requiredText("name");
        if (name != null && (Fields.characters(name) > LONGEST_NAME)) {
            fields.wrong("name", "must have 1 to " + LONGEST_NAME + " characters");
        }
        NOT_HERE.stream()
                .filter(body::hasNonNull)
                .forEach(member -> fields.wrong(member, "has no meaning for a schedule: leave it out"));
        Submission submission = submissions.read(fields, Trace.begin().traceId(), null);
        String zone = Optional.ofNullable(fields.optionalText("time_zone")).orElse("UTC");
        String cron = cron(fields);
        Instant next = next(fields, cron, zone, now);
        String misfire = fields.oneOf("misfire", Misfire.labels(), Misfire.RUN_ONCE.label());
        fields.oneOf("overlap", List.of("allow", "skip"), null);
        boolean paused = fields.bool("paused", false);
        UnknownMembers.check(fields, request);
        fields.check(submission.tool());
        return new Draft(
                new Wanted(
                        name,
                        submission.tool(),
                        submission.params(),
                        cron,
                        zone,
                        misfire,
                        JsonBodies.text(options(body)),
                        paused,
                        next.toString()),
                submission);
    }

    private static Instant next(Fields fields, String cron, String zoneName, Instant now) {
        Optional<ZoneId> zone = Cron.zone(zoneName);
        if (zone.isEmpty()) {
            fields.wrong("time_zone", "must be a name of the IANA database, such as Europe/Berlin or UTC");
        }
        if (cron.isEmpty()) {
            return now;
        }
        try {
            Optional<Instant> next =
                    Cron.parse(cron, zone.orElse(ZoneId.of("UTC"))).next(now);
            if (next.isEmpty()) {
                fields.wrong("cron", "names a time that never comes");
            }
            return next.orElse(now);
        } catch (IllegalArgumentException e) {
            fields.wrong("cron", noCron(cron, e));
            return now;
        }
    }

    private static String noCron(String cron, IllegalArgumentException why) {
        String form = "must be five fields: minute, hour, day of month, month, day of week, or one of "
                + String.join(", ", Cron.names());
        return cron.startsWith("@") ? form : form + ". " + why.getMessage().replaceAll("[.!]+$", "");
    }

    /** Kept as fields, which each release can read. */
    private static String cron(Fields fields) {
        String cron = fields.requiredText("cron");
        if (cron != null && Fields.characters(cron) > LONGEST_CRON) {
            fields.wrong("cron", "has more than " + LONGEST_CRON + " characters");
            return "";
        }
        return cron == null ? "" : Cron.fields(cron);
    }

    private static ObjectNode options(ObjectNode body) {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        OPTIONS.stream().filter(body::hasNonNull).forEach(name -> options.set(name, body.get(name)));
        return options;
    }

    /** A request that would create this schedule. */
    static ObjectNode request(Schedule schedule) {
        ObjectNode request = ((ObjectNode) ParamsJson.parse(schedule.options())).deepCopy();
        JsonNode params = ParamsJson.parse(schedule.params());
        request.put("name", schedule.name()).put("tool", schedule.tool()).set("params", params);
        return request.put("cron", schedule.cron())
                .put("time_zone", schedule.timeZone())
                .put("misfire", schedule.misfire())
                .put("paused", schedule.pausedAt() != null);
    }

    /** Returns true for a change that makes no jobs and changes none, so nothing in it can be wrong. */
    static boolean onlyPauses(ObjectNode patch) {
        return patch.size() == 1 && patch.path("paused").equals(BooleanNode.TRUE);
    }

    /** A request that would create the changed schedule. Null removes a member, except {@code params}. */
    static ObjectNode merged(Schedule schedule, ObjectNode patch) {
        ObjectNode merged = request(schedule);
        patch.properties().forEach(change -> {
            if (change.getValue().isNull() && !change.getKey().equals("params")) {
                merged.remove(change.getKey());
            } else {
                merged.set(change.getKey(), change.getValue());
            }
        });
        return merged;
    }

    /** Makes the submission for the next run, in a trace of its own. Everybody who may read may see why it was refused. */
    @Override
    public Submission apply(Schedule schedule) {
        return submission(schedule, Trace.begin().traceId(), null).limitedTo(Set.of());
    }

    Submission submission(Schedule schedule, String traceId, String key) {
        Fields fields = new Fields(request(schedule));
        Submission read = submissions.read(fields, traceId, key);
        fields.check(schedule.tool());
        Submission made = read.ofSchedule(schedule.id());
        return schedule.principal() == null ? made : made.ownedBy(schedule.principal());
    }

    static UUID id(String text) {
        return Ids.parse(text).orElseThrow(() -> notFound(text));
    }

    static RefusedException notFound(String id) {
        return new RefusedException(ErrorCode.SCHEDULE_NOT_FOUND, "Schedule " + Ids.shown(id) + " not found.");
    }
}
