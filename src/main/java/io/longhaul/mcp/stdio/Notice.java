package io.longhaul.mcp.stdio;

import io.longhaul.mcp.protocol.Protocol;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.util.Map;

/**
 * One message that is not answered, on its way to the server: a notification, or the client's answer to a request of the
 * server, without which a job waits. It is sent again where the server, the connection or the session is lost.
 */
final class Notice {
    private static final int NOT_FOUND = 404;
    private static final int REFUSED = 400;

    private final Link link;
    private final Request request;
    private String last;
    private boolean lost;

    /**
     * A message.
     *
     * @param known whether it is for a server that has answered before, and is waited for as long as one that was lost
     */
    Notice(Link link, Request request, boolean known) {
        this.link = link;
        this.request = request;
        this.lost = known;
    }

    /** Returns null when the server has it, or else what people should know. */
    String send() {
        Trouble trouble = new Trouble(link);
        do {
            link.session().await();
            try {
                if (attempt()) {
                    return last;
                }
            } catch (Endpoint.Unreachable e) {
                last = undelivered();
            } catch (HttpTimeoutException e) {
                return undelivered();
            } catch (IOException e) {
                lost = true;
                last = undelivered();
            }
        } while (trouble.mayTryAgain(lost));
        return last;
    }

    /** Sends it once; false if it should be sent again. */
    private boolean attempt() throws IOException {
        Map<String, String> headers = link.headers(request);
        Link.Taken taken = link.tell(request, headers);
        int status = taken.status();
        last = status < REFUSED ? null : refused(taken);
        if (status == NOT_FOUND && headers.containsKey(Protocol.SESSION_HEADER)) {
            lost = true;
            link.session().renew(headers);
            return false;
        }
        if (Trouble.STATUSES.contains(status)) {
            lost = true;
            link.endpoint().leave(taken.from());
            return false;
        }
        return true;
    }

    private String refused(Link.Taken taken) {
        String reason = taken.refusal().isEmpty() ? "" : " " + taken.refusal();
        return "The server refused " + request.name() + ": HTTP " + taken.status() + reason;
    }

    private String undelivered() {
        return "The server did not get " + request.name() + ": "
                + link.unreachable().getMessage();
    }
}
