package io.longhaul.api;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers what fails before or beside the resources in the same shape: bad HTTP, too large headers, filters. */
final class JettyProblems extends ErrorHandler {
    private static final String EVERY_METHOD = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS";

    private final ObjectMapper json;

    JettyProblems(ObjectMapper json) {
        this.json = json;
    }

    /** Also for methods that the standard handler leaves without a body. */
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback)
            throws IOException {
        boolean needsAllow = code == ErrorCode.METHOD_NOT_ALLOWED.status()
                && !response.getHeaders().contains(HttpHeader.ALLOW);
        Refusal refusal = Refusal.ofStatus(code, needsAllow ? EVERY_METHOD : null);
        Trace trace = request.getAttribute(Trace.ATTRIBUTE) instanceof Trace set ? set : Trace.begin();
        Problem problem = Problem.of(refusal, request.getHttpURI().getPath(), trace.traceId());
        writeHeaders(response, refusal, trace);
        response.write(true, ByteBuffer.wrap(json.writeValueAsBytes(problem)), callback);
    }

    private static void writeHeaders(Response response, Refusal refusal, Trace trace) {
        response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE));
        response.getHeaders().put(Trace.HEADER, trace.header());
        if (refusal.code().retryAfterSeconds() > 0) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, refusal.code().retryAfterSeconds());
        }
        if (refusal.allow() != null) {
            response.getHeaders().put(HttpHeader.ALLOW, refusal.allow());
        }
    }
}
