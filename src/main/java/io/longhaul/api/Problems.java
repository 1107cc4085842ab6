package io.longhaul.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.zip.ZipException;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.EofException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a refusal of whatever the handling of a request throws; the only place that logs failed requests. */
public final class Problems {
    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private static final Set<String> SAFE = Set.of("GET", "HEAD", "OPTIONS");

    private final DatabaseErrors databaseErrors;

    Problems(DatabaseErrors databaseErrors) {
        this.databaseErrors = databaseErrors;
    }

    /** What to answer; a failure that is ours is logged. */
    Refusal refusal(Throwable failure, HttpServletRequest request) {
        Refusal refusal = refusal(failure, !SAFE.contains(request.getMethod()));
        log(refusal, failure, request, Trace.in(request).traceId());
        return refusal;
    }

    private Refusal refusal(Throwable failure, boolean changes) {
        if (failure instanceof RefusedException refused) {
            return refused.refusal();
        }
        if (failure instanceof CompletionException && failure.getCause() != null) {
            return refusal(failure.getCause(), changes);
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
            return Refusal.ofStatus(ErrorCode.UNSUPPORTED_MEDIA_TYPE.status(), null);
        }
        // What inflates a body wraps what it finds wrong.
        if (failure.getCause() instanceof ZipException wrapped) {
            return JsonBodies.unreadable(wrapped);
        }
        return databaseErrors
                .refusal(failure, changes)
                .orElseGet(() -> Refusal.ofStatus(ErrorCode.INTERNAL_ERROR.status(), null));
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
