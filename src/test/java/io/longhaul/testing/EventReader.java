package io.longhaul.testing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A client of server-sent events, as a browser's: it remembers the last id. */
public final class EventReader implements AutoCloseable {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * An event.
     *
     * @param id the last id when it came
     * @param name its type
     * @param data JSON
     */
    public record Event(String id, String name, JsonNode data) {
        /** A member of the data as text. */
        public String text(String name) {
            return data.path(name).asText();
        }
    }

    private final HttpResponse<InputStream> response;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(this::read, "event-reader");
    private volatile String lastId = "";
    private volatile int comments;
    private volatile boolean over;

    private EventReader(HttpResponse<InputStream> response) {
        this.response = response;
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Connects.
     *
     * @param url where
     * @param headers names and values
     * @return reading
     */
    public static EventReader open(String url, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).header("Accept", "text/event-stream");
        try {
            return new EventReader(HTTP.send(
                    (headers.length == 0 ? request : request.headers(headers)).build(),
                    HttpResponse.BodyHandlers.ofInputStream()));
        } catch (IOException e) {
            throw new AssertionError("no answer", e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
            String name = "message";
            StringBuilder data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.isEmpty()) {
                    if (data.length() > 0) {
                        events.add(new Event(lastId, name, JSON.readTree(data.toString())));
                    }
                    name = "message";
                    data.setLength(0);
                } else if (line.startsWith(":")) {
                    comments++;
                } else if (line.startsWith("id: ")) {
                    lastId = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    name = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    data.append(line.substring(6));
                }
            }
        } catch (JsonProcessingException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            // The connection was closed, by either side.
        } finally {
            over = true;
        }
    }

    /** The HTTP status. */
    public int status() {
        return response.statusCode();
    }

    /** A header, or null. */
    public String header(String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    /** The id to go on with. */
    public String lastId() {
        return lastId;
    }

    /** How many comments came. */
    public int comments() {
        return comments;
    }

    /** Whether the stream has ended. */
    public boolean isOver() {
        return over;
    }

    /** The next event. */
    public Event next() {
        try {
            Event event = events.poll(Await.LONG.toSeconds(), TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no event");
            }
            return event;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Events up to the first that fits, which is the last one. */
    public List<Event> until(Predicate<Event> fits) {
        List<Event> all = new ArrayList<>();
        do {
            all.add(next());
        } while (!fits.test(all.get(all.size() - 1)));
        return all;
    }

    /** What has come and was not yet taken. */
    public List<Event> rest() {
        List<Event> all = new ArrayList<>();
        events.drainTo(all);
        return all;
    }

    @Override
    public void close() {
        try {
            response.body().close();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
