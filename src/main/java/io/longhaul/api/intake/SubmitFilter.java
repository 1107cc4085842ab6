package io.longhaul.api.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.dropwizard.core.setup.Environment;
import io.longhaul.api.errors.ApiErrors;
import io.longhaul.api.errors.Committed;
import io.longhaul.api.errors.ProblemWriter;
import io.longhaul.api.errors.Problems;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Preference;
import io.longhaul.api.jobs.JobAnswers;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.api.jobs.JobResource;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.JobState;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.ops.Readiness;
import io.longhaul.ops.access.Principal;
import io.longhaul.ops.access.Role;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.FilterRegistration;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;

/**
 * Answers plain submits before they reach Jersey, which would take twice as long for each as all the rest: finding the
 * resource, injecting, mapping. What says more than "here is a job" ({@code Prefer}, another media type) goes on to
 * {@link JobsResource}, whose answers these are to the letter. Nobody waits for the commit: whoever writes answers is
 * called when it is there.
 */
public final class SubmitFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final String PATH = "/v1/jobs";

    private final transient Submissions submissions;
    private final transient Readiness readiness;
    private final transient Problems problems;
    private final transient ObjectWriter jobs;
    private final transient ProblemWriter errors;

    private SubmitFilter(Submissions submissions, Readiness readiness, Problems problems, Environment environment) {
        this.submissions = submissions;
        this.readiness = readiness;
        this.problems = problems;
        this.jobs = environment.getObjectMapper().writerFor(JobRepresentation.class);
        this.errors = new ProblemWriter(environment.getObjectMapper());
    }

    /**
     * Installs it. To be called after {@link ApiErrors#install}, whose trace it needs.
     *
     * @param environment where to install
     * @param submissions takes jobs in
     * @param readiness asked whether the schema is right
     * @param problems the shape of errors
     */
    public static void install(
            Environment environment, Submissions submissions, Readiness readiness, Problems problems) {
        FilterRegistration.Dynamic filter = environment
                .servlets()
                .addFilter("submit", new SubmitFilter(submissions, readiness, problems, environment));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, PATH);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // Who may not submit is refused by Jersey's gate.
        if (isPlain(request)
                && Principal.of(request).may(Role.SUBMIT)
                && readiness.current().wrongSchema().isEmpty()) {
            submit(request, response);
        } else {
            chain.doFilter(request, response);
        }
    }

    // A body that is refused before its end is left to Jersey, which knows how to part from such a connection.
    private boolean isPlain(HttpServletRequest request) {
        String accept = request.getHeader(HttpHeaders.ACCEPT);
        return request.getMethod().equals("POST")
                && request.getRequestURI().equals(PATH)
                && request.getQueryString() == null
                && MediaType.APPLICATION_JSON.equals(request.getHeader(HttpHeaders.CONTENT_TYPE))
                && (accept == null || accept.equals(MediaType.WILDCARD) || accept.equals(MediaType.APPLICATION_JSON))
                && request.getHeader(Preference.HEADER) == null
                && submissions.takes(request.getContentLengthLong());
    }

    private void submit(HttpServletRequest request, HttpServletResponse response) throws IOException {
        AsyncContext later = request.startAsync();
        later.setTimeout(0);
        try {
            // Answers are written on the container's threads: a client that does not read holds up one, and no other
            // answer.
            // What the answer throws is dealt with there.
            var unused = submissions
                    .begin(request.getInputStream(), request, later::start)
                    .whenComplete((submitted, failure) -> answer(later, request, response, submitted, failure));
        } catch (RuntimeException e) {
            answer(later, request, response, null, e);
        }
    }

    /** A client that has gone gets no answer; its job is there all the same. */
    private void answer(
            AsyncContext later,
            HttpServletRequest request,
            HttpServletResponse response,
            Submitted submitted,
            Throwable failure) {
        try {
            if (failure == null) {
                write(response, submitted);
            } else {
                errors.write(request, response, problems.refusal(failure, request));
            }
        } catch (IOException e) {
            // Nobody is there to be told.
            return;
        } finally {
            later.complete();
        }
    }

    /** The job is stored: whatever fails in showing it, the client learns its id. */
    private void write(HttpServletResponse response, Submitted submitted) throws IOException {
        byte[] body = Committed.answer(() -> shown(submitted.job()), () -> named(submitted.job()));
        Job job = submitted.job();
        response.setStatus(submitted.replayed() ? HttpServletResponse.SC_OK : HttpServletResponse.SC_CREATED);
        response.setHeader(HttpHeaders.LOCATION, JobResource.path(job));
        response.setHeader(HttpHeaders.ETAG, JobAnswers.tag(JobState.of(job)));
        response.setHeader(HttpHeaders.CACHE_CONTROL, JobAnswers.CACHING);
        // Besides what it says already where pages of other sites may read answers.
        response.addHeader(HttpHeaders.VARY, Preference.HEADER);
        if (!job.status().isFinal()) {
            response.setHeader(
                    HttpHeaders.RETRY_AFTER, Long.toString(JobAnswers.pause(job).toSeconds()));
        }
        if (submitted.replayed()) {
            response.setHeader(Header.REPLAYED, "true");
        }
        ProblemWriter.write(response, MediaType.APPLICATION_JSON, body);
    }

    private byte[] shown(Job job) {
        try {
            return jobs.writeValueAsBytes(JobRepresentation.of(job));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] named(Job job) {
        return ("{\"job_id\":\"" + job.id() + "\",\"status\":\"" + job.status().label() + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }
}
