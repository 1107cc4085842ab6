package io.longhaul.api.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.dropwizard.core.setup.Environment;
import io.longhaul.api.errors.Committed;
import io.longhaul.api.errors.ErrorHandling;
import io.longhaul.api.errors.FailureTranslator;
import io.longhaul.api.errors.ServletProblemWriter;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Preference;
import io.longhaul.api.http.Problem.FieldError;
import io.longhaul.api.http.UnknownMembers;
import io.longhaul.api.jobs.JobAnswers;
import io.longhaul.api.jobs.JobRepresentation;
import io.longhaul.auth.Principal;
import io.longhaul.auth.Role;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.Submitted;
import io.longhaul.readiness.Readiness;
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
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Answers plain submits before they reach Jersey. Finding the resource, injecting and mapping in Jersey would take twice as
 * long as everything else. Submits with {@code Prefer} or another media type go on to {@link JobsResource}; both give the
 * same {@link JobAnswers.ToSubmit}. No thread waits for the commit: the answer is written by a callback.
 */
public final class SubmitFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final String PATH = "/v1/jobs";

    private final transient Submissions submissions;
    private final transient Readiness readiness;
    private final transient FailureTranslator failures;
    private final transient Executor answering;
    private final transient ObjectWriter jobs;
    private final transient ServletProblemWriter errors;

    private SubmitFilter(
            Submissions submissions,
            Readiness readiness,
            FailureTranslator failures,
            Executor answering,
            Environment environment) {
        this.submissions = submissions;
        this.readiness = readiness;
        this.failures = failures;
        this.answering = answering;
        this.jobs = environment.getObjectMapper().writerFor(JobRepresentation.class);
        this.errors = new ServletProblemWriter(environment.getObjectMapper());
    }

    /**
     * Installs the filter. Call it after {@link ErrorHandling#install}, because it needs the request's trace.
     *
     * @param readiness asked whether the schema is right
     * @param answering runs what writes the answers, a limited number at once
     */
    public static void install(
            Environment environment,
            Submissions submissions,
            Readiness readiness,
            FailureTranslator failures,
            Executor answering) {
        FilterRegistration.Dynamic filter = environment
                .servlets()
                .addFilter("submit", new SubmitFilter(submissions, readiness, failures, answering, environment));
        filter.setAsyncSupported(true);
        filter.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), true, PATH);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        // Jersey's gate refuses callers without the role.
        if (isPlain(request)
                && Principal.of(request).may(Role.SUBMIT)
                && readiness.current().wrongSchema().isEmpty()) {
            submit(request, response);
        } else {
            chain.doFilter(request, response);
        }
    }

    // Bodies that are too large go to Jersey, which closes such connections correctly.
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
            // The answer is written on another thread, so that a client that does not read delays no other commit.
            // answer() handles its own failures.
            var unused = submissions
                    .begin(request.getInputStream(), request, answering)
                    .whenComplete((submitted, failure) -> answer(later, request, response, submitted, failure));
        } catch (RuntimeException e) {
            answer(later, request, response, null, e);
        }
    }

    private void answer(
            AsyncContext later,
            HttpServletRequest request,
            HttpServletResponse response,
            Submitted submitted,
            Throwable failure) {
        try {
            if (failure == null) {
                write(request, response, submitted);
            } else {
                errors.write(request, response, failures.refusal(failure, request));
            }
        } catch (IOException e) {
            // The client has gone. Its job is stored all the same.
            return;
        } finally {
            later.complete();
        }
    }

    /** The job is stored: if it cannot be shown, the client still gets its id. */
    private void write(HttpServletRequest request, HttpServletResponse response, Submitted submitted)
            throws IOException {
        List<FieldError> warnings = UnknownMembers.of(request);
        byte[] body = Committed.answer(() -> shown(submitted.job()), () -> named(submitted.job()));
        new JobAnswers.ToSubmit(submitted, submitted.job(), Preference.NONE).writeHead(response);
        warnings.forEach(warning -> response.addHeader(Header.WARNING.text(), UnknownMembers.header(warning)));
        ServletProblemWriter.write(response, MediaType.APPLICATION_JSON, UnknownMembers.added(body, warnings));
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
