package io.longhaul.api.http;

import io.longhaul.traces.Trace;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.slf4j.MDC;

/** Gives every request a trace: in the answer's {@code traceparent} header, in problems and in log lines. */
public final class TraceFilter extends HttpFilter {
    private static final long serialVersionUID = 1L;

    private static final String LOG_KEY = "trace_id";

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Trace trace = Trace.recorded().orElseGet(() -> continued(Collections.list(request.getHeaders(Trace.HEADER))));
        trace.on(request);
        response.setHeader(Trace.HEADER, trace.header());
        MDC.put(LOG_KEY, trace.traceId());
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(LOG_KEY);
        }
    }

    /** Continues the caller's trace, or begins a new one if there is none or it is malformed. */
    private static Trace continued(List<String> sent) {
        return (sent.size() == 1 ? Trace.parse(sent.get(0)) : Optional.<Trace>empty()).orElseGet(Trace::begin);
    }
}
