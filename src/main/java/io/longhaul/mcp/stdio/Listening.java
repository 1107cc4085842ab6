package io.longhaul.mcp.stdio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.mcp.protocol.Json;
import io.longhaul.mcp.protocol.RpcError;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** The stream of a legacy session on which the server tells what nobody asked for. It is opened again when it ends. */
final class Listening implements Runnable {
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int OK = 200;
    private static final int NOT_FOUND = 404;

    private final Link link;
    private final Output out;
    private volatile EventStream events;

    Listening(Link link, Output out) {
        this.link = link;
        this.out = out;
    }

    @Override
    public void run() {
        boolean offered = true;
        while (offered && !link.isClosing()) {
            try {
                offered = listen();
            } catch (IOException e) {
                // The server is away, or the connection was lost.
                offered = true;
            }
            offered = link.pause(PAUSE) && offered;
        }
    }

    /** Listens to the end of one stream; false if the server offers none. */
    private boolean listen() throws IOException {
        Map<String, String> headers = link.session().headers();
        HttpResponse<InputStream> response = link.endpoint().listen(headers);
        try (EventStream stream = new EventStream(response.body())) {
            if (response.statusCode() == NOT_FOUND) {
                link.session().renew(headers);
                return true;
            }
            if (response.statusCode() != OK) {
                return response.statusCode() >= 500 || Trouble.STATUSES.contains(response.statusCode());
            }
            events = stream;
            for (String data = stream.next(); data != null; data = stream.next()) {
                write(data);
            }
            return true;
        }
    }

    private void write(String data) {
        try {
            ObjectNode message = Json.read(data.getBytes(StandardCharsets.UTF_8));
            out.write(message);
        } catch (RpcError e) {
            // What cannot be read is for nobody.
            return;
        }
    }

    /** Ends a stream on which nothing has come for too long. */
    void dropIfSilent() {
        EventStream open = events;
        if (open != null) {
            open.closeIfSilent();
        }
    }
}
