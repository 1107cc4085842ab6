package io.longhaul.api.errors;

import io.longhaul.api.description.KnownMethods;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.streams.TooManyStreamsException;
import io.longhaul.traces.Trace;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EofException;
import org.glassfish.jersey.message.internal.HeaderValueException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Translates any exception of a request into a refusal. The only place that logs failed requests. */
public final class FailureTranslator {
    private static final Logger LOG = LoggerFactory.getLogger(FailureTranslator.class);

    private static final Pattern HEADER = Pattern.compile("\"([A-Za-z-]{1,40})\" header");

    private final DatabaseFailureTranslator databaseErrors;

    FailureTranslator(DatabaseFailureTranslator databaseErrors) {
        this.databaseErrors = databaseErrors;
    }

    /** Logs failures of the server; errors of clients are not logged. */
    public Refusal refusal(Throwable failure, HttpServletRequest request) {
        Refusal refusal = withAllMethods(
                refusal(failure, new RequestLine(request.getMethod(), request.getRequestURI())), request);
        log(refusal, failure, request, Trace.in(request).traceId());
        return refusal;
    }

    /** Completes Allow: Jersey names only the methods of one resource class, and a path may have several. */
    private static Refusal withAllMethods(Refusal refusal, HttpServletRequest request) {
        return refusal.allow() == null
                ? refusal
                : refusal.allowing(KnownMethods.of(request.getRequestURI())
                        .orElseGet(() -> KnownMethods.completed(refusal.allow())));
    }

    private Refusal refusal(Throwable failure, RequestLine line) {
        if (failure instanceof RefusedException refused) {
            return refused.refusal();
        }
        if (failure instanceof TooManyStreamsException) {
            return Refusal.of(ErrorCode.OVERLOADED, failure.getMessage());
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return refusal(failure.getCause(), line);
        }
        if (failure instanceof HeaderValueException || failure.getCause() instanceof HeaderValueException) {
            return unreadableHeader(failure);
        }
        if (failure instanceof WebApplicationException web) {
            Response response = web.getResponse();
            return Refusal.ofStatus(response.getStatus(), response.getHeaderString(HttpHeaders.ALLOW));
        }
        if (failure instanceof HttpException jetty) {
            return Refusal.ofStatus(jetty.getCode(), null);
        }
        if (failure instanceof EofException) {
            return Refusal.of(ErrorCode.BAD_REQUEST, "The connection was closed before the request was complete.");
        }
        // Jetty looks up the charset when a request's media type is read.
        if (failure instanceof IllegalCharsetNameException || failure instanceof UnsupportedCharsetException) {
            return Refusal.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE);
        }
        // Jetty wraps errors of compressed bodies.
        if (failure.getCause() instanceof ZipException wrapped) {
            return JsonBodies.unreadable(wrapped);
        }
        return databaseErrors.refusal(failure, line).orElseGet(() -> Refusal.of(ErrorCode.INTERNAL_ERROR));
    }

    /** Jersey names the header in its message. */
    private static Refusal unreadableHeader(Throwable failure) {
        Throwable told = failure instanceof HeaderValueException ? failure : failure.getCause();
        Matcher name = HEADER.matcher(String.valueOf(told.getMessage()));
        String header = name.find() ? name.group(1) : "";
        return header.equalsIgnoreCase(HttpHeaders.CONTENT_TYPE)
                ? Refusal.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE)
                : Refusal.of(
                        ErrorCode.BAD_REQUEST,
                        "The header " + header + " cannot be read: write it as RFC 9110 has it.");
    }

    private static void log(Refusal refusal, Throwable failure, HttpServletRequest request, String traceId) {
        if (refusal.status() == ErrorCode.INTERNAL_ERROR.status()) {
            LOG.error("{} {} failed; trace {}", request.getMethod(), request.getRequestURI(), traceId, failure);
        } else if (refusal.status() > ErrorCode.INTERNAL_ERROR.status()) {
            LOG.warn(
                    "{} {} answered {} {}; trace {}",
                    request.getMethod(),
                    request.getRequestURI(),
                    refusal.status(),
                    refusal.code(),
                    traceId);
        }
    }
}
