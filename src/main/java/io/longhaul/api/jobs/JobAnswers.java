package io.longhaul.api.jobs;

import io.longhaul.api.http.Header;
import io.longhaul.api.http.Preference;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.questions.StoredQuestion;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Answers that show one job, with the headers for caching and polling. */
public final class JobAnswers {
    /** Ask again after a tenth of a job's age: a young job may end soon, one that has run for an hour will not. */
    private static final int SHARE_OF_AGE = 10;

    private static final long LONGEST_PAUSE_SECONDS = 30;

    private JobAnswers() {}

    /** The ETag of a job's state. It is weak, because the shown duration grows while the state stays. */
    private static String tag(JobState state) {
        return "W/\"" + state.version() + "\"";
    }

    /** Tells whether {@code If-None-Match} names this state. */
    static boolean isKnown(JobState state, List<String> ifNoneMatch) {
        return names(ifNoneMatch, tag(state).substring(2));
    }

    /** Tells whether {@code If-None-Match} has this tag or {@code *}. */
    public static boolean names(List<String> ifNoneMatch, String opaque) {
        return ifNoneMatch.stream()
                .flatMap(header -> Arrays.stream(header.split(",")))
                .map(String::strip)
                .map(tag -> tag.startsWith("W/") ? tag.substring(2) : tag)
                // Jetty adds this to the tag of a compressed answer.
                .map(tag -> tag.replaceFirst("--gzip\"$", "\""))
                .anyMatch(tag -> tag.equals(opaque) || tag.equals("*"));
    }

    /** Answers 200 with the job, or 304 if the client knows its state. */
    static Response shown(
            Job job, Preference preference, List<String> ifNoneMatch, Function<Job, List<StoredQuestion>> questions) {
        Response.ResponseBuilder answer = isKnown(JobState.of(job), ifNoneMatch)
                ? Response.notModified()
                : Response.ok(JobRepresentation.of(job, questions.apply(job)));
        headers(job, preference.applied(false)).forEach(answer::header);
        return answer.build();
    }

    /**
     * Headers of every answer that shows one job.
     *
     * @param applied value of {@code Preference-Applied}, or null
     */
    static Map<String, String> headers(Job job, String applied) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put(HttpHeaders.ETAG, tag(JobState.of(job)));
        headers.put(HttpHeaders.CACHE_CONTROL, "no-cache");
        headers.put(HttpHeaders.VARY, Preference.HEADER);
        if (applied != null) {
            headers.put(Preference.APPLIED, applied);
        }
        if (!job.status().isFinal()) {
            headers.put(HttpHeaders.RETRY_AFTER, Long.toString(pause(job).toSeconds()));
        }
        return headers;
    }

    /** Time until a client should ask again: whole seconds, at least one. */
    private static Duration pause(Job job) {
        Instant since = job.startedAt() == null ? job.createdAt() : job.startedAt();
        Instant now = job.readAt();
        boolean later =
                job.startedAt() == null && job.runAt() != null && job.runAt().isAfter(now);
        Duration guess = later
                ? Duration.between(now, job.runAt()).plusSeconds(1)
                : Duration.between(since, now).dividedBy(SHARE_OF_AGE);
        return Duration.ofSeconds(Math.max(1, Math.min(guess.toSeconds(), LONGEST_PAUSE_SECONDS)));
    }

    /**
     * The answer to a submit, which is the same whether a resource or a servlet filter gives it: 201 for a new job, 200 for the
     * earlier job of an idempotency key, 202 where the client prefers {@code respond-async} and the job has not ended.
     *
     * @param job the submitted job as it is shown, which may be later than its submit
     */
    public record ToSubmit(Submitted submitted, Job job, Preference preference) {
        public Response response() {
            Response.ResponseBuilder answer = Response.status(status()).entity(JobRepresentation.of(job));
            headers().forEach(answer::header);
            return answer.build();
        }

        /** Writes everything but the body. */
        public void writeHead(HttpServletResponse response) {
            response.setStatus(status());
            // Added, because CORS may have set Vary before.
            headers().forEach(response::addHeader);
        }

        private boolean isAccepted() {
            return preference.respondAsync() && !job.status().isFinal();
        }

        private int status() {
            if (isAccepted()) {
                return HttpServletResponse.SC_ACCEPTED;
            }
            return submitted.replayed() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_CREATED;
        }

        private Map<String, String> headers() {
            Map<String, String> headers = JobAnswers.headers(job, preference.applied(isAccepted()));
            headers.put(HttpHeaders.LOCATION, JobResource.path(job));
            if (submitted.replayed()) {
                headers.put(Header.REPLAYED, "true");
            }
            return headers;
        }
    }
}
