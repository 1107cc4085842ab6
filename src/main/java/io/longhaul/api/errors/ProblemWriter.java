package io.longhaul.api.errors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.longhaul.api.http.Problem;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.Trace;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;

/** Answers a refusal where a filter answers, before Jersey. */
public final class ProblemWriter {
    private final ObjectWriter problems;

    public ProblemWriter(ObjectMapper json) {
        this.problems = json.writerFor(Problem.class);
    }

    public void write(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        response.setStatus(refusal.status());
        if (refusal.retryAfterSeconds() > 0) {
            response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(refusal.retryAfterSeconds()));
        }
        if (refusal.isPersonal()) {
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        }
        Problem problem =
                Problem.of(refusal, request.getRequestURI(), Trace.in(request).traceId());
        write(response, Problem.MEDIA_TYPE, problems.writeValueAsBytes(problem));
    }

    public static void write(HttpServletResponse response, String type, byte[] body) throws IOException {
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
