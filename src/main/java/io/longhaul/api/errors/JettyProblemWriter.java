package io.longhaul.api.errors;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.Problem;
import io.longhaul.api.http.Refusal;
import io.longhaul.traces.Trace;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers with a problem where Jetty itself refuses a request: bad HTTP, headers that are too large, failed filters. */
public final class JettyProblemWriter extends ErrorHandler {
    /** Jetty's placeholder for an unreadable address. */
    private static final String UNREADABLE = "/badMessage";

    private static final int LONGEST_REASON = 80;

    private final ObjectMapper json;
    private final Function<String, Optional<String>> methods;

    public JettyProblemWriter(ObjectMapper json, Function<String, Optional<String>> methods) {
        this.json = json;
        this.methods = methods;
    }

    /** The standard handler writes no body for some methods. */
    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request, Response response, int code, String message, Throwable cause, Callback callback)
            throws IOException {
        Refusal refusal = refusal(request, response, code, message, cause);
        response.setStatus(refusal.status());
        Trace trace = request.getAttribute(Trace.ATTRIBUTE) instanceof Trace set ? set : Trace.begin();
        Problem problem = Problem.of(refusal, request.getHttpURI().getPath(), trace);
        writeHeaders(request, response, refusal, trace);
        response.write(true, ByteBuffer.wrap(json.writeValueAsBytes(problem)), callback);
    }

    private Refusal refusal(Request request, Response response, int code, String message, Throwable cause) {
        if (cause instanceof HttpRules.Broken broken) {
            return broken.refusal();
        }
        String path = request.getHttpURI().getPath();
        boolean needsAllow = code == ErrorCode.METHOD_NOT_ALLOWED.status()
                && !response.getHeaders().contains(HttpHeader.ALLOW);
        if (needsAllow) {
            return methods.apply(path == null ? "" : path)
                    .map(allowed -> Refusal.ofStatus(code, allowed))
                    .orElseGet(() -> Refusal.of(ErrorCode.NOT_FOUND));
        }
        if (code == ErrorCode.BAD_REQUEST.status()) {
            return Refusal.of(
                    ErrorCode.BAD_REQUEST, why(cause instanceof HttpException http ? http.getReason() : message, path));
        }
        return Refusal.ofStatus(code, null);
    }

    /** Jetty's reason with a cure. At most single characters of it come from the request. */
    private static String why(String reason, String path) {
        String plain = String.valueOf(reason).replaceAll("[^A-Za-z0-9 '=.,-]", "");
        String shown = plain.length() > LONGEST_REASON ? plain.substring(0, LONGEST_REASON) : plain;
        String lower = shown.toLowerCase(Locale.ROOT);
        if (UNREADABLE.equals(path) && lower.equals("bad request")) {
            return "The address is not correct: it begins with a slash, percent signs have two hexadecimal digits after them,"
                    + " and none is %00.";
        }
        if (lower.contains("host") || lower.contains("authority")) {
            return "The header Host is missing, there twice, or names no host, or the address names another (" + shown
                    + "): send one Host.";
        }
        if (lower.contains("uri") || lower.contains("ambiguous") || lower.contains("path") || lower.contains("utf")) {
            return "The address can be read in several ways, or in none (" + shown
                    + "): write it as /openapi.json has it,"
                    + " without //, . and .., ;, backslash, NUL, and without %2F and the like in their place.";
        }
        return "The request is not correct HTTP (" + shown + ").";
    }

    private static void writeHeaders(Request request, Response response, Refusal refusal, Trace trace) {
        boolean closes =
                UNREADABLE.equals(request.getHttpURI().getPath()) || refusal.code() == ErrorCode.UPGRADE_REQUIRED;
        if (closes) {
            // The connection is closed after an unreadable request. Proxies that reuse connections must be told.
            response.getHeaders().put(HttpHeader.CONNECTION, "close");
        }
        response.getHeaders().put(new HttpField(HttpHeader.CONTENT_TYPE, Problem.MEDIA_TYPE));
        response.getHeaders().put(Trace.HEADER, trace.header());
        refusal.headers().forEach(response.getHeaders()::put);
    }
}
