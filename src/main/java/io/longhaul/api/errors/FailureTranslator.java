package io.longhaul.api.errors;

import io.longhaul.api.description.KnownMethods;
import io.longhaul.api.http.ErrorCode;
import io.longhaul.api.http.JsonBodies;
import io.longhaul.api.http.Refusal;
import io.longhaul.api.http.RefusedException;
import io.longhaul.api.http.Trace;
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

/** Makes a refusal of whatever the handling of a request throws; the only place that logs failed requests. */
public final class FailureTranslator {
    private static final Logger LOG = LoggerFactory.getLogger(FailureTranslator.class);

    private static final Pattern HEADER = Pattern.compile("\"([A-Za-z-]{1,40})\" header");

    private final DatabaseFailureTranslator databaseErrors;

    FailureTranslator(DatabaseFailureTranslator databaseErrors) {
        this.databaseErrors = databaseErrors;
    }

    /** What to answer; a failure that is ours is logged. */
    public Refusal refusal(Throwable failure, HttpServletRequest request) {
        Refusal refusal =
                truly(refusal(failure, new RequestLine(request.getMethod(), request.getRequestURI())), request);
        log(refusal, failure, request, Trace.in(request).traceId());
        return refusal;
    }

    /** With all methods that the path takes, where Jersey named those that its resource has. */
    private static Refusal truly(Refusal refusal, HttpServletRequest request) {
        return refusal.allow() == null
                ? refusal
                : refusal.allowing(KnownMethods.of(request.getRequestURI())
                        .orElseGet(() -> KnownMethods.completed(refusal.allow())));
    }

    private Refusal refusal(Throwable failure, RequestLine asked) {
        if (failure instanceof RefusedException refused) {
            return refused.refusal();
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return refusal(failure.getCause(), asked);
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
        // Jetty looks up the charset of a request when it is asked for its media type.
        if (failure instanceof IllegalCharsetNameException || failure instanceof UnsupportedCharsetException) {
            return Refusal.of(ErrorCode.UNSUPPORTED_MEDIA_TYPE);
        }
        // What inflates a body wraps what it finds wrong.
        if (failure.getCause() instanceof ZipException wrapped) {
            return JsonBodies.unreadable(wrapped);
        }
        return databaseErrors.refusal(failure, asked).orElseGet(() -> Refusal.of(ErrorCode.INTERNAL_ERROR));
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
