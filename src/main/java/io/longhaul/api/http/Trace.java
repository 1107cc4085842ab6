package io.longhaul.api.http;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.MDC;

/**
 * A request's position in a distributed trace (W3C Trace Context).
 *
 * @param traceId 32 hexadecimal digits
 * @param spanId 16 hexadecimal digits, new for each request
 * @param flags two hexadecimal digits, as the caller sent them
 */
public record Trace(String traceId, String spanId, String flags) {
    public static final String HEADER = "traceparent";

    /** The request attribute with the trace. */
    public static final String ATTRIBUTE = Trace.class.getName();

    /** Later versions may append parts. Version ff and ids of zeros are invalid. */
    private static final Pattern TRACEPARENT =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(-.*)?");

    private static final int LENGTH_OF_VERSION_00 = 55;

    /** Continues the caller's trace, or begins a new one if there is none or it is malformed. */
    private static Trace of(HttpServletRequest request) {
        List<String> sent = Collections.list(request.getHeaders(HEADER));
        return sent.size() == 1 ? parse(sent.get(0)) : begin();
    }

    public static Trace parse(String traceparent) {
        String text = traceparent.strip();
        Matcher matcher = TRACEPARENT.matcher(text);
        boolean valid = matcher.matches() && (!text.startsWith("00-") || text.length() == LENGTH_OF_VERSION_00);
        return valid ? new Trace(matcher.group(1), hex(), matcher.group(2)) : begin();
    }

    public static Trace begin() {
        return new Trace(hex() + hex(), hex(), "00");
    }

    /** The request's trace, as set by {@link Filter}. */
    public static Trace in(HttpServletRequest request) {
        return (Trace) request.getAttribute(ATTRIBUTE);
    }

    public String header() {
        return "00-" + traceId + "-" + spanId + "-" + flags;
    }

    /** Gives every request a trace: in the answer's {@code traceparent} header, in problems and in log lines. */
    public static final class Filter extends HttpFilter {
        private static final long serialVersionUID = 1L;

        private static final String LOG_KEY = "trace_id";

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
                throws IOException, ServletException {
            Trace trace = Trace.of(request);
            request.setAttribute(ATTRIBUTE, trace);
            response.setHeader(HEADER, trace.header());
            MDC.put(LOG_KEY, trace.traceId());
            try {
                chain.doFilter(request, response);
            } finally {
                MDC.remove(LOG_KEY);
            }
        }
    }

    private static String hex() {
        // Not a secret, so a cheap source of randomness is enough. Never zero, which is invalid.
        return HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE));
    }
}
