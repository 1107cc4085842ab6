package io.longhaul.webhooks;

import io.longhaul.outbound.RetryAfter;
import java.io.ByteArrayOutputStream;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import org.eclipse.jetty.client.EarlyHintsProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.Result;
import org.eclipse.jetty.client.transport.HttpRequest;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.EndPoint;

/** Receives an answer: keeps its status and the beginning of its body. */
final class ReceivedAnswer implements Response.Listener {
    /** Enough to show the problem. */
    private static final int KEPT_BYTES = 1000;

    /** A longer answer is cut off. */
    private static final int MOST_BYTES = 64 * 1024;

    private static final int LONGEST_ERROR = 300;

    private final Duration timeout;
    private final Consumer<DeliveryOutcome> done;
    private final long begunNanos = System.nanoTime();
    private final ByteArrayOutputStream kept = new ByteArrayOutputStream();
    private long received;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Future<?> lastEnd;
    private volatile Integer status;

    ReceivedAnswer(Duration timeout, Consumer<DeliveryOutcome> done) {
        this.timeout = timeout;
        this.done = done;
    }

    @Override
    public void onHeaders(Response response) {
        // Too many interim answers are no answer.
        status = HttpStatus.isInterim(response.getStatus()) ? null : (Integer) response.getStatus();
    }

    @Override
    public void onContent(Response response, ByteBuffer content) {
        received += content.remaining();
        byte[] bytes = new byte[Math.min(content.remaining(), KEPT_BYTES - kept.size())];
        content.get(bytes);
        kept.writeBytes(bytes);
        content.position(content.limit());
        if (received > MOST_BYTES) {
            // The outcome follows in onComplete.
            Object unused = response.abort(new IllegalStateException("The answer is longer than anybody will read"));
        }
    }

    @Override
    public void onComplete(Result result) {
        if (result.isFailed() || status == null || status == HttpStatus.SWITCHING_PROTOCOLS_101) {
            hangUp(result.getRequest());
        }
        end(
                status == null ? null : retryAfter(result.getResponse()),
                status == null ? error(result.getFailure()) : null);
    }

    /** Sets the task that would end the attempt; cancels it if the attempt has ended. */
    void endBy(Future<?> lastEnd) {
        this.lastEnd = lastEnd;
        if (ended.get()) {
            lastEnd.cancel(false);
        }
    }

    /** Ends an attempt that the client has not ended in time. Returns false if it had ended. */
    boolean giveUp() {
        return end(null, status == null ? noAnswer() : null);
    }

    private boolean end(Duration retryAfter, String error) {
        if (!ended.compareAndSet(false, true)) {
            return false;
        }
        Future<?> last = lastEnd;
        if (last != null) {
            last.cancel(false);
        }
        Duration took = Duration.ofNanos(System.nanoTime() - begunNanos);
        String answer = kept.size() == 0 ? null : printable(kept.toString(StandardCharsets.UTF_8));
        done.accept(new DeliveryOutcome(status, retryAfter, answer, error, took));
        return true;
    }

    /**
     * Closes the connection: what follows on it is not HTTP, or belongs to an aborted answer, and the client may leave
     * it open.
     */
    static void hangUp(Request request) {
        if (((HttpRequest) request).getConversation().getAttribute(EndPoint.class.getName()) instanceof EndPoint end) {
            end.close();
        }
    }

    private static Duration retryAfter(Response response) {
        String text = response.getHeaders().get(HttpHeader.RETRY_AFTER);
        return text == null ? null : RetryAfter.parse(text).orElse(null);
    }

    // In our own words: a library's message may contain the address, and that may contain a secret.
    private String error(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AddressRefusedException) {
                return cause.getMessage();
            }
            if (cause instanceof InterimAnswers.TooManyException) {
                return cause.getMessage();
            }
            if (cause instanceof UnknownHostException) {
                return "the name of the host leads nowhere";
            }
            if (cause instanceof TimeoutException || cause instanceof SocketTimeoutException) {
                return noAnswer();
            }
            if (cause instanceof ConnectException) {
                return "no connection: nobody listens there";
            }
            if (cause instanceof SSLException) {
                return cut("no connection by TLS: " + printable(String.valueOf(cause.getMessage())));
            }
        }
        return "the connection broke (" + failure.getClass().getSimpleName() + ")";
    }

    private String noAnswer() {
        return "no answer within " + timeout.toMillis() + " ms";
    }

    private static String cut(String text) {
        return text.length() > LONGEST_ERROR ? text.substring(0, LONGEST_ERROR) : text;
    }

    private static String printable(String text) {
        return text.replaceAll("\\p{Cntrl}+", " ").replaceAll("\\p{Cs}", "").strip();
    }

    /**
     * Skips interim answers of a server (100, 102, 103 and all others below 200 but 101, which ends the conversation).
     * Without this the client would take one for the answer and wait for its end for ever.
     */
    static final class InterimAnswers extends EarlyHintsProtocolHandler {
        /** Servers send one or two. */
        static final int MOST = 32;

        private static final String COUNT = InterimAnswers.class.getName();

        /** A server sent too many interim answers. */
        static final class TooManyException extends RuntimeException {
            private static final long serialVersionUID = 1;

            TooManyException() {
                super("more than " + MOST + " interim answers (below 200) and no other");
            }
        }

        @Override
        public boolean accept(Request request, Response response) {
            if (!HttpStatus.isInterim(response.getStatus())) {
                return false;
            }
            int count = request.getAttributes().get(COUNT) instanceof Integer before ? before + 1 : 1;
            request.attribute(COUNT, count);
            if (count > MOST) {
                var unused = request.abort(new TooManyException());
            }
            return true;
        }
    }
}
