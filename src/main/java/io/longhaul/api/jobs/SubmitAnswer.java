package io.longhaul.api.jobs;

import io.longhaul.api.http.Header;
import io.longhaul.api.http.Preference;
import io.longhaul.jobs.Job;
import io.longhaul.jobs.intake.Submitted;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.Map;

/**
 * The answer to a submit, which is the same whether a resource or a servlet filter gives it: 201 for a new job, 200 for the
 * earlier job of an idempotency key, 202 where the client prefers {@code respond-async} and the job has not ended.
 *
 * @param job the submitted job as it is shown, which may be later than its submit
 */
public record SubmitAnswer(Submitted submitted, Job job, Preference preference) {
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
