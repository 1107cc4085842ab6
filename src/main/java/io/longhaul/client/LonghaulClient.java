package io.longhaul.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.longhaul.client.Pages.Page;
import io.longhaul.client.Transport.Answer;
import io.longhaul.client.Transport.Body;
import io.longhaul.client.Transport.Call;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A client of Longhaul. For any number of threads; close it when it is no longer needed.
 *
 * <p>Every request can be repeated without harm. The client repeats it when the connection is lost, and when the server
 * answers 429, 502, 503 or 504, after the time given by {@code Retry-After}, until the client's patience is over. A
 * submit makes one job however often it is sent, because it carries an idempotency key. An interrupted thread gets an
 * {@link UnreachableException}, and stays interrupted.
 *
 * <pre>{@code
 * try (LonghaulClient client = LonghaulClient.of("http://127.0.0.1:8080")) {
 *     Job job = client.submit(JobRequest.of("fasta.stats", Map.of("path", "genome.fa")));
 *     job = client.await(job.id(), Duration.ofHours(2));
 *     System.out.println(job.status() + " " + job.result());
 * }
 * }</pre>
 */
public final class LonghaulClient implements AutoCloseable {
    /** The server holds a request no longer than this. */
    private static final Duration LONGEST_HOLD = Duration.ofSeconds(60);

    private static final String JOBS = "/v1/jobs";
    private static final int LINES_PER_PAGE = 1_000;

    private final Transport transport;
    private final Duration patience;
    private final ScheduledThreadPoolExecutor clock;
    private final Set<JobEvents> streams = ConcurrentHashMap.newKeySet();

    /** Builds a client. */
    public static final class Builder {
        private final List<String> addresses;
        private String token;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration timeout = Duration.ofSeconds(30);
        private Duration patience = Duration.ofMinutes(1);
        private Duration patienceAtFirst;
        private Duration whole = Deadline.MOST;
        private BiConsumer<LonghaulException, Duration> away = (failure, time) -> {};

        private Builder(List<String> addresses) {
            this.addresses = addresses;
        }

        /**
         * Authenticates with an API key, or a token of your identity provider, sent as {@code Authorization: Bearer};
         * null for none.
         *
         * @throws IllegalArgumentException if it has a character that no key has
         */
        public Builder token(String keyOrToken) {
            if (keyOrToken != null && !ServerUrl.canBeKey(keyOrToken)) {
                throw new IllegalArgumentException("The key or token has a character that no key has: a space, a line"
                        + " break or one outside ASCII, or it is empty.");
            }
            this.token = keyOrToken;
            return this;
        }

        /** Limits the time to make one connection; 10 s by default. */
        public Builder connectTimeout(Duration most) {
            this.connectTimeout = most;
            return this;
        }

        /**
         * Limits the time until an answer begins, beyond the time that the server was asked to wait, and the time in which
         * nothing more of it comes; 30 s by default.
         */
        public Builder timeout(Duration most) {
            this.timeout = most;
            return this;
        }

        /** Limits the time in which a request is repeated; one minute by default, and zero sends once. */
        public Builder patience(Duration most) {
            this.patience = most;
            return this;
        }

        /** Limits that time before the client's first answer; as {@link #patience} by default. */
        public Builder patienceAtFirst(Duration most) {
            this.patienceAtFirst = most;
            return this;
        }

        /** Ends all repeating so long after the client was made; never by default. */
        public Builder giveUpAfter(Duration most) {
            this.whole = most;
            return this;
        }

        /**
         * Is told why requests are sent again, and how long a request is, once they are for about a second; the next time
         * after an answer.
         *
         * @param told is called by threads that send requests
         */
        public Builder whileAway(BiConsumer<LonghaulException, Duration> told) {
            this.away = told;
            return this;
        }

        /** Makes the client, to be closed; nothing is sent yet. */
        public LonghaulClient build() {
            return new LonghaulClient(this);
        }
    }

    private LonghaulClient(Builder builder) {
        HttpClient http = NoTls.unlessNeeded(builder.addresses)
                .connectTimeout(builder.connectTimeout)
                .build();
        Duration atFirst = builder.patienceAtFirst == null ? builder.patience : builder.patienceAtFirst;
        Patience whole = Patience.of(atFirst, builder.patience, builder.whole);
        this.transport = new Transport(http, builder.addresses, builder.token, builder.timeout, whole, builder.away);
        this.patience = builder.patience;
        this.clock = new ScheduledThreadPoolExecutor(1, work -> {
            Thread thread = new Thread(work, "longhaul-client");
            thread.setDaemon(true);
            return thread;
        });
        clock.setRemoveOnCancelPolicy(true);
    }

    /**
     * A client with the default settings, to be closed.
     *
     * @param url address of the server, such as {@code http://127.0.0.1:8080}
     */
    public static LonghaulClient of(String url) {
        return builder(url).build();
    }

    /**
     * A client with other settings.
     *
     * @param urls addresses of the server; if one does not answer, the next is asked
     * @throws IllegalArgumentException if one does not have the form {@code http://host:port} or
     *     {@code https://host/path}
     */
    public static Builder builder(String... urls) {
        if (urls.length == 0) {
            throw new IllegalArgumentException("Name the server's URL, such as http://127.0.0.1:8080.");
        }
        return new Builder(Stream.of(urls).map(ServerUrl::checked).toList());
    }

    /**
     * Submits a job. It is committed when this returns.
     *
     * @throws LonghaulException if it is refused
     */
    public Job submit(JobRequest request) {
        return job(transport.send(submission(request)));
    }

    /**
     * Submits a job and waits for its end.
     *
     * @return the job: its status tells if it has ended
     * @throws LonghaulException if it is refused
     */
    public Job run(JobRequest request, Duration most) {
        long end = Deadline.after(most);
        Duration hold = hold(end);
        Job job = job(transport.send(held(submission(request), hold)));
        return job.status().isFinal() ? job : await(job.id(), Duration.ofNanos(Math.max(0, end - System.nanoTime())));
    }

    private static Call submission(JobRequest request) {
        ObjectNode body = request.body().deepCopy();
        body.put("idempotency_key", request.keyOr(newKey()));
        return Call.of("POST", JOBS).with(Json.write(body));
    }

    /**
     * Submits up to 1,000 jobs, all or none.
     *
     * @throws LonghaulException if one cannot be accepted; {@link LonghaulException#errors} names it
     */
    public BatchResult batch(List<JobRequest> requests) {
        return batch(requests, true);
    }

    /**
     * Submits up to 1,000 jobs.
     *
     * @param atomic true to accept none if one cannot be accepted
     * @throws LonghaulException if the batch is refused as a whole
     */
    public BatchResult batch(List<JobRequest> requests, boolean atomic) {
        ObjectNode body = Json.object().put("atomic", atomic);
        ArrayNode jobs = body.putArray("jobs");
        requests.forEach(request -> jobs.add(request.body()));
        Call call =
                Call.of("POST", JOBS + "/batch", "Idempotency-Key", newKey()).with(Json.write(body));
        return BatchResult.of(json(transport.send(call)));
    }

    /**
     * Gets a job in its current state.
     *
     * @throws LonghaulException {@code JOB_NOT_FOUND} if no job has this id, or no longer
     */
    public Job get(UUID id) {
        return job(transport.send(Call.of("GET", path(id))));
    }

    /**
     * Waits for the end of a job. The server holds the request, so the client does not poll; if its node stops, another
     * one is asked.
     *
     * @param most longest time to wait; parts of a second are rounded up
     * @return the job: its status tells if it has ended
     * @throws LonghaulException if there is no such job, or no server was reached for too long
     */
    public Job await(UUID id, Duration most) {
        long end = Deadline.after(most);
        while (true) {
            Duration hold = hold(end);
            long asked = System.nanoTime();
            Answer answer = transport.send(held(Call.of("GET", path(id)), hold));
            Job job = job(answer);
            long left = end - System.nanoTime();
            if (job.status().isFinal() || left <= 0) {
                return job;
            }
            // A server that is stopping, or cannot wait, answers at once.
            if (System.nanoTime() - asked < hold.toNanos() / 2) {
                Duration later = answer.retryAfter() == null ? Duration.ofSeconds(1) : answer.retryAfter();
                Transport.sleep(later.toNanos() < left ? later : Duration.ofNanos(left));
            }
        }
    }

    /** Whole seconds, as the header needs them. */
    private static Duration hold(long endNanos) {
        long left = Math.max(0, endNanos - System.nanoTime());
        return Duration.ofSeconds(Math.min(
                LONGEST_HOLD.toSeconds(), Duration.ofNanos(left + 999_999_999).toSeconds()));
    }

    private static Call held(Call call, Duration hold) {
        List<String> headers = new ArrayList<>(call.headers());
        headers.addAll(List.of("Prefer", "wait=" + hold.toSeconds()));
        return call.heldFor(headers, hold);
    }

    /**
     * Cancels a job that has not ended; its work is stopped.
     *
     * @return true if the job is cancelled, by this request or an earlier one; false if it ended otherwise
     * @throws LonghaulException if there is no such job
     */
    public boolean cancel(UUID id) {
        JsonNode answer = json(transport.send(Call.of("DELETE", path(id))));
        return JobStatus.CANCELLED.label().equals(Json.text(answer, "status"));
    }

    /**
     * Repeats a job that has ended as a new one, and returns that.
     *
     * @throws LonghaulException {@code JOB_NOT_FINISHED} if it has not ended
     */
    public Job retry(UUID id) {
        return retry(id, newKey());
    }

    /**
     * Repeats a job that has ended as a new one, which is the same one for the same key.
     *
     * @param key of 1 to 255 characters
     * @throws LonghaulException if there is no such job, or it has not ended
     */
    public Job retry(UUID id, String key) {
        return job(transport.send(Call.of("POST", path(id) + "/retry", "Idempotency-Key", key)));
    }

    /**
     * Shows what a job's tool has asked, first to last, and what it was answered.
     *
     * @throws LonghaulException {@code JOB_NOT_FOUND} if no job has this id, or no longer
     */
    public List<Input> inputs(UUID id) {
        return all(json(transport.send(Call.of("GET", path(id) + "/inputs"))).path("inputs"), Input::of);
    }

    /**
     * Answers a question of a job's tool, which then goes on.
     *
     * @param key of {@link Input}
     * @param content anything that Jackson makes JSON of, and that matches the question's schema
     * @return the question with its answer
     * @throws LonghaulException {@code INVALID_ANSWER} if it does not match, {@code INPUT_ANSWERED} if somebody else was
     *     faster, {@code INPUT_EXPIRED} or {@code JOB_FINISHED} if it is too late
     */
    public Input answer(UUID id, String key, Object content) {
        ObjectNode body = Json.object().put("action", "accept");
        body.set("content", Json.of(content));
        return answer(id, key, body);
    }

    /**
     * Refuses to answer a question of a job's tool, which decides what that means.
     *
     * @param key of {@link Input}
     * @return the question with the refusal
     */
    public Input decline(UUID id, String key) {
        return answer(id, key, Json.object().put("action", "decline"));
    }

    private Input answer(UUID id, String key, ObjectNode body) {
        String place = path(id) + "/inputs/" + encoded(key);
        return Input.of(json(transport.send(Call.of("POST", place).with(Json.write(body)))));
    }

    /**
     * Lists jobs, without large params and results, the newest first unless the filter has {@code sort}. Pages are
     * fetched as the stream is read.
     */
    public Stream<Job> list(JobFilter filter) {
        return pages(cursor -> {
            String query = (cursor == null ? filter : filter.with("cursor", cursor)).query();
            JsonNode page = json(transport.send(Call.of("GET", JOBS + query)));
            return new Page<>(all(page.path("jobs"), Job::of), Json.text(page, "next_cursor"));
        });
    }

    /**
     * Sends any request of the HTTP API, for what this class has no method for.
     *
     * @param method in capitals; a POST without an {@code Idempotency-Key} is not sent again if nobody knows what became of it
     * @param path with its query, such as {@code /v1/schedules?limit=10}
     * @param body JSON, or null
     * @param headers names and values in turns
     * @return the answer; {@code MissingNode} if it has no body
     * @throws LonghaulException if it is refused
     */
    public JsonNode send(String method, String path, JsonNode body, String... headers) {
        Call call = Call.of(method, path, headers);
        call = body == null ? call : call.with(Json.write(body));
        boolean repeatable = !method.equals("POST") || List.of(headers).contains("Idempotency-Key");
        return json(transport.send(repeatable ? call : call.sentOnce()));
    }

    /**
     * Reads any list of the HTTP API. Pages are fetched as the stream is read.
     *
     * @param path with a query that has at least {@code limit}
     * @param member of a page, the one that holds the elements
     */
    public Stream<JsonNode> pages(String path, String member) {
        return pages(cursor -> {
            JsonNode page =
                    json(transport.send(Call.of("GET", cursor == null ? path : path + "&cursor=" + encoded(cursor))));
            return new Page<>(page.path(member).valueStream().toList(), Json.text(page, "next_cursor"));
        });
    }

    /**
     * Uploads a file that params of jobs can name.
     *
     * @return as {@code POST /v1/files} answers, with {@code file_id}
     * @throws LonghaulException if it is refused, or the file cannot be read
     */
    public JsonNode upload(String name, Path file) {
        if (!Files.isReadable(file) || Files.isDirectory(file)) {
            throw new LonghaulException(file + " cannot be read.", null);
        }
        try {
            Body body = new Body("application/octet-stream", HttpRequest.BodyPublishers.ofFile(file));
            return json(transport.send(
                    Call.of("POST", "/v1/files?name=" + encoded(name)).with(body)));
        } catch (FileNotFoundException e) {
            throw new LonghaulException(file + " cannot be read.", e);
        }
    }

    /**
     * Downloads what has a path of the HTTP API. Close the stream.
     *
     * @param path such as {@code /v1/jobs/{id}/files/report.csv}
     * @throws LonghaulException if it is refused
     */
    public InputStream download(String path) {
        return transport.open(Call.of("GET", path)).watched();
    }

    /**
     * Downloads a file. A download that breaks off goes on where it was, and its SHA-256 is checked.
     *
     * @param path such as {@code /v1/files/{id}}
     * @param to gets the content; it is not closed
     * @return the number of bytes
     * @throws LonghaulException if it is refused, breaks off each time, or is not what the server has stored
     * @throws IOException if the content cannot be written
     */
    public long download(String path, OutputStream to) throws IOException {
        return new Download(transport, path, to).run(patience);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Reads a job's log so far, the oldest line first. Pages are fetched as the stream is read. */
    public Stream<LogLine> logs(UUID id) {
        return logs(id, 0);
    }

    /** Reads a job's log after a line number. */
    public Stream<LogLine> logs(UUID id, long after) {
        return pages(place -> {
            String from = place == null ? Long.toString(after) : place;
            JsonNode page =
                    json(transport.send(Call.of("GET", path(id) + "/logs?limit=" + LINES_PER_PAGE + "&after=" + from)));
            List<LogLine> lines = all(page.path("lines"), LogLine::of);
            return new Page<>(
                    lines,
                    lines.size() < LINES_PER_PAGE
                            ? null
                            : page.path("next_after").asText());
        });
    }

    /**
     * Reads the lines of a job's log that have a text, in upper or lower case, after a line number. Pages are fetched as
     * the stream is read.
     */
    public Stream<LogLine> search(UUID id, long after, String text) {
        return search(id, after, LogSearch.ALL.text(text));
    }

    /** Reads those lines of a job's log after a line number that a search finds. */
    public Stream<LogLine> search(UUID id, long after, LogSearch search) {
        String query = "/logs?limit=" + LINES_PER_PAGE + search.query();
        return pages(place -> {
            String from = place == null ? Long.toString(after) : place;
            JsonNode page = json(transport.send(Call.of("GET", path(id) + query + "&after=" + from)));
            boolean isLast = page.path("complete").asBoolean(true);
            return new Page<>(
                    all(page.path("lines"), LogLine::of),
                    isLast ? null : page.path("next_after").asText());
        });
    }

    private static <T> Stream<T> pages(Function<String, Page<T>> fetch) {
        return Pages.stream(fetch);
    }

    /**
     * Follows one job: its states, progress and log lines, from the first on, until {@link JobEvent.End}. Close the
     * stream.
     */
    public JobEvents events(UUID id) {
        return events(id, null);
    }

    /**
     * Follows one job from the position of an earlier stream.
     *
     * @param lastEventId of {@link JobEvents#lastEventId}, or null for the beginning
     */
    public JobEvents events(UUID id, String lastEventId) {
        return stream(path(id) + "/events", lastEventId);
    }

    /**
     * Follows all jobs: every change of status, without params and results. A job that changes is sent at least once in
     * its newest state.
     *
     * @param filter {@code tool}, {@code status} and {@code batch} apply
     * @param lastEventId of {@link JobEvents#lastEventId}, or null for now
     */
    public JobEvents events(JobFilter filter, String lastEventId) {
        return stream("/v1/events" + filter.query(), lastEventId);
    }

    private JobEvents stream(String path, String lastEventId) {
        JobEvents events = new JobEvents(transport, path, lastEventId, clock, streams::remove);
        streams.add(events);
        return events;
    }

    /** Operations on all jobs that match a filter. */
    public Operations operations() {
        return new Operations(transport);
    }

    /** Schedules, which make jobs by the clock. */
    public Schedules schedules() {
        return new Schedules(this);
    }

    /** Endpoints that are told of the ends of jobs. */
    public Webhooks webhooks() {
        return new Webhooks(this);
    }

    /** Ends all streams of events. Other running requests are not interrupted. */
    @Override
    public void close() {
        List.copyOf(streams).forEach(JobEvents::close);
        clock.shutdownNow();
    }

    private static String path(UUID id) {
        return JOBS + "/" + id;
    }

    private static String newKey() {
        return UUID.randomUUID().toString();
    }

    private static Job job(Answer answer) {
        return Job.of(json(answer));
    }

    private static JsonNode json(Answer answer) {
        try {
            return Json.read(answer.text());
        } catch (JsonProcessingException e) {
            throw new LonghaulException("What answers there is no Longhaul server: its answer is not JSON.", e);
        }
    }

    private static <T> List<T> all(JsonNode array, Function<JsonNode, T> reader) {
        List<T> all = new ArrayList<>();
        array.forEach(element -> all.add(reader.apply(element)));
        return all;
    }
}
