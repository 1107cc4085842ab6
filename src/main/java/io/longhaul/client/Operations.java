package io.longhaul.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.client.Pages.Page;
import io.longhaul.client.Transport.Answer;
import io.longhaul.client.Transport.Call;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;

/** Begins operations on all jobs that match a filter, and looks after them. */
public final class Operations {
    private static final String PATH = "/v1/operations";
    private static final Duration POLL = Duration.ofSeconds(1);

    private final Transport transport;

    Operations(Transport transport) {
        this.transport = transport;
    }

    /**
     * Begins an operation, which goes on in the background.
     *
     * @throws LonghaulException if it is refused
     */
    public Operation begin(OperationRequest request) {
        String key = request.keyOr(UUID.randomUUID().toString());
        return Operation.of(json(
                transport.send(Call.of("POST", PATH, "Idempotency-Key", key).with(Json.write(request.body())))));
    }

    /** Counts the jobs that an operation would change now. */
    public Preview preview(OperationRequest request) {
        String body = Json.write(request.body().put("dry_run", true));
        JsonNode answer = json(transport.send(Call.of("POST", PATH).with(body)));
        return new Preview(
                answer.path("matched").longValue(),
                answer.path("matched_is_estimate").booleanValue(),
                Json.time(answer, "searched_to"),
                answer);
    }

    /**
     * A number of jobs.
     *
     * @param matched the number
     * @param estimated true for an estimate, which is made beyond 10,000
     * @param searchedTo submit of the last job that was looked at, if there was no time for all: the number counts those
     *     until there, and the operation changes more; null if all were looked at
     * @param json the server's whole answer
     */
    public record Preview(long matched, boolean estimated, Instant searchedTo, JsonNode json) {}

    /**
     * Gets an operation in its current state.
     *
     * @throws LonghaulException {@code OPERATION_NOT_FOUND} if there is none with this id, or no longer
     */
    public Operation get(UUID id) {
        return Operation.of(json(transport.send(Call.of("GET", PATH + "/" + id))));
    }

    /**
     * Waits for the end of an operation.
     *
     * @param most longest time to wait
     * @return the operation: its state tells if it has ended
     */
    public Operation await(UUID id, Duration most) {
        long end = Deadline.after(most);
        Operation operation = get(id);
        while (!operation.hasEnded() && System.nanoTime() < end) {
            Transport.sleep(POLL);
            operation = get(id);
        }
        return operation;
    }

    /** Stops an operation: jobs whose turn has not come stay as they are. One that has ended does not change. */
    public Operation cancel(UUID id) {
        return Operation.of(json(transport.send(Call.of("POST", PATH + "/" + id + "/cancel"))));
    }

    /** Lists operations, the newest first. Pages are fetched as the stream is read. */
    public Stream<Operation> list() {
        return pages(PATH + "?limit=100", "operations", Operation::of);
    }

    /** Lists what became of each job, the oldest job first. Pages are fetched as the stream is read. */
    public Stream<Operation.Outcome> outcomes(UUID id) {
        return pages(PATH + "/" + id + "/outcomes?limit=1000", "outcomes", Operation.Outcome::of);
    }

    private <T> Stream<T> pages(String path, String list, Function<JsonNode, T> reader) {
        return Pages.stream(cursor -> {
            JsonNode page = json(transport.send(Call.of("GET", cursor == null ? path : path + "&cursor=" + cursor)));
            List<T> all = new ArrayList<>();
            page.path(list).forEach(element -> all.add(reader.apply(element)));
            return new Page<>(all, Json.text(page, "next_cursor"));
        });
    }

    private static JsonNode json(Answer answer) {
        try {
            return Json.read(answer.text());
        } catch (JsonProcessingException e) {
            throw new LonghaulException("What answers there is no Longhaul server: its answer is not JSON.", e);
        }
    }
}
