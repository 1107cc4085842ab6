package io.longhaul.api.errors;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.longhaul.api.http.Header;
import io.longhaul.api.http.Problem;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.UnknownMembers;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Answers with a problem where a servlet filter refuses a request before Jersey. */
public final class ServletProblemWriter {
    private final ObjectWriter problems;

    public ServletProblemWriter(ObjectMapper json) {
        this.problems = json.writerFor(Problem.class);
    }

    public void write(HttpServletRequest request, HttpServletResponse response, Refusal refusal) throws IOException {
        response.setStatus(refusal.status());
        refusal.headers().forEach(response::setHeader);
        UnknownMembers.explaining(refusal, request)
                .forEach(warning -> response.addHeader(Header.WARNING.text(), UnknownMembers.header(warning)));
        Problem problem = Problem.of(refusal, request);
        write(response, Problem.MEDIA_TYPE, problems.writeValueAsBytes(problem));
    }

    public static void write(HttpServletResponse response, String type, byte[] body) throws IOException {
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
