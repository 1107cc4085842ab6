package io.longhaul.api.jobs;

import io.longhaul.api.http.Header;
import io.longhaul.api.http.Preference;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.intake.Submitted;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/** Answers that show one job, with what tells clients when to ask again and whether anything has changed. */
public final class JobAnswers {
    /** A tenth of a job's age is a good guess: what is young may end soon, and what has taken an hour will not. */
    private static final int SHARE_OF_AGE = 10;

    private static final long LONGEST_PAUSE_SECONDS = 30;

    /** Kept, but asked for again each time. */
    public static final String CACHING = "no-cache";

    private JobAnswers() {}

    /** Names the state of a job. Weak, because the same state shows another duration each time. */
    public static String tag(JobState state) {
        return "W/\"" + state.version() + "\"";
    }

    /** Whether a client has seen this state, by the values of {@code If-None-Match}. */
    static boolean isKnown(JobState state, List<String> ifNoneMatch) {
        return names(ifNoneMatch, tag(state).substring(2));
    }

    /** Whether one of the values of {@code If-None-Match} is this tag, or any. */
    public static boolean names(List<String> ifNoneMatch, String opaque) {
        return ifNoneMatch.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                // A compressed answer is named apart, with this at the end.
                .map(tag -> tag.replaceFirst("--gzip\"$", "\""))
                .anyMatch(tag -> tag.equals(opaque) || tag.equals("*"));
    }

    /** 201 for a new job, 200 for the earlier one of an idempotency key, 202 where the client asked for it. */
    public static Response submitted(Submitted submitted, Job job, Preference preference) {
        boolean accepted = preference.respondAsync() && !job.status().isFinal();
        Response.Status status = accepted
                ? Response.Status.ACCEPTED
                : submitted.replayed() ? Response.Status.OK : Response.Status.CREATED;
        Response.ResponseBuilder answer =
                of(Response.status(status), job, preference.applied(accepted)).location(JobResource.location(job));
        if (submitted.replayed()) {
            answer.header(Header.REPLAYED, true);
        }
        return answer.entity(JobRepresentation.of(job)).build();
    }

    /** 200 with the job, or 304 if the client knows it as it stands. */
    static Response shown(Job job, Preference preference, List<String> ifNoneMatch) {
        String applied = preference.applied(false);
        return isKnown(JobState.of(job), ifNoneMatch)
                ? of(Response.notModified(), job, applied).build()
                : of(Response.ok(), job, applied)
                        .entity(JobRepresentation.of(job))
                        .build();
    }

    private static Response.ResponseBuilder of(Response.ResponseBuilder answer, Job job, String applied) {
        answer.header(HttpHeaders.ETAG, tag(JobState.of(job)))
                .header(HttpHeaders.CACHE_CONTROL, CACHING)
                .header(HttpHeaders.VARY, Preference.HEADER);
        if (applied != null) {
            answer.header(Preference.APPLIED, applied);
        }
        if (!job.status().isFinal()) {
            answer.header(HttpHeaders.RETRY_AFTER, pause(job).toSeconds());
        }
        return answer;
    }

    /** When it is worth asking again; whole seconds, at least one. */
    public static Duration pause(Job job) {
        Instant since = job.startedAt() == null ? job.createdAt() : job.startedAt();
        Instant now = job.readAt();
        boolean later =
                job.startedAt() == null && job.runAt() != null && job.runAt().isAfter(now);
        Duration guess = later
                ? Duration.between(now, job.runAt()).plusSeconds(1)
                : Duration.between(since, now).dividedBy(SHARE_OF_AGE);
        return Duration.ofSeconds(Math.max(1, Math.min(guess.toSeconds(), LONGEST_PAUSE_SECONDS)));
    }
}
