package io.longhaul.api.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.slf4j.MDC;

/** Gives every request a trace: in the answer's {@code traceparent} header, in problems and in log lines. */
public final class TraceFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final String LOG_KEY = "trace_id";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Trace trace = Trace.of(request);
        request.setAttribute(Trace.ATTRIBUTE, trace);
        response.setHeader(Trace.HEADER, trace.header());
        MDC.put(LOG_KEY, trace.traceId());
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(LOG_KEY);
        }
    }
}
