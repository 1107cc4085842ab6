package io.longhaul.webhooks;

import org.eclipse.jetty.client.EarlyHintsProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpStatus;

/**
 * Skips interim answers of a server (100, 102, 103 and all others below 200 but 101, which ends the conversation).
 * Without this the client would take one for the answer and wait for its end for ever.
 */
final class InterimAnswers extends EarlyHintsProtocolHandler {
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
