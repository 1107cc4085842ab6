import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keeps pages of the console open as browsers do (see live.js): each follows the stream that its page names, and reads the
 * page again when the stream says so. Also submits jobs at a steady rate. {@code .ci/open-pages} measures what that costs.
 *
 * <p>Arguments: address of the server, pages, jobs a second, seconds of settling, seconds that are measured. Or the address,
 * {@code warm} and seconds: reads pages as fast as it can, so that Java compiles what it would compile within an hour.
 */
public final class OpenPages {
    private static final List<String> PATHS = List.of("/ui/jobs", "/ui", "/ui/jobs?status=completed", "/ui/jobs?tool=ping");
    private static final Pattern STREAM = Pattern.compile("data-events=\"([^\"]+)\"");
    private static final long REST_MILLIS = 2000;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(2, task -> {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        return thread;
    });
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final String server;

    private OpenPages(String server) {
        this.server = server;
    }

    public static void main(String[] args) throws Exception {
        OpenPages pages = new OpenPages(args[0]);
        if (args[1].equals("warm")) {
            pages.warm(Duration.ofSeconds(Long.parseLong(args[2])));
            System.exit(0);
        }
        int many = Integer.parseInt(args[1]);
        for (int i = 0; i < many; i++) {
            pages.open(PATHS.get(i % PATHS.size()));
        }
        double rate = Double.parseDouble(args[2]);
        if (rate > 0) {
            pages.timer.scheduleAtFixedRate(pages::submit, 0, (long) (1e9 / rate), TimeUnit.NANOSECONDS);
        }
        Thread.sleep(Duration.ofSeconds(Long.parseLong(args[3])).toMillis());
        pages.reads.set(0);
        pages.events.set(0);
        System.out.println("open");
        Thread.sleep(Duration.ofSeconds(Long.parseLong(args[4])).toMillis());
        System.out.println("done: " + pages.reads + " reads, " + pages.events + " events, " + pages.failures + " failures");
        System.exit(pages.failures.get() == 0 ? 0 : 1);
    }

    private void warm(Duration length) throws IOException, InterruptedException {
        long end = System.nanoTime() + length.toNanos();
        for (int i = 0; System.nanoTime() < end; i++) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server + PATHS.get(i % PATHS.size())))
                    .headers("Accept", "text/html", "Accept-Encoding", "gzip")
                    .header("Longhaul-Live", i % 10 == 0 ? "0" : "1000")
                    .build();
            client.send(request, BodyHandlers.discarding());
            if (i % 10 == 5) {
                submit();
            }
        }
    }

    private void submit() {
        client.sendAsync(
                        HttpRequest.newBuilder(URI.create(server + "/v1/jobs"))
                                .header("Content-Type", "application/json")
                                .POST(BodyPublishers.ofString("{\"tool\": \"ping\"}"))
                                .build(),
                        BodyHandlers.discarding())
                .whenComplete((answer, failure) -> count(answer, failure, 201));
    }

    private void count(HttpResponse<?> answer, Throwable failure, int expected) {
        if (failure != null || answer.statusCode() != expected) {
            System.err.println(failure == null ? "status " + answer.statusCode() : failure.toString());
            failures.incrementAndGet();
        }
    }

    private void open(String path) throws IOException, InterruptedException {
        HttpResponse<String> page =
                client.send(HttpRequest.newBuilder(URI.create(server + path)).build(), BodyHandlers.ofString());
        Matcher stream = STREAM.matcher(page.body());
        if (page.statusCode() != 200 || !stream.find()) {
            throw new IOException(path + " answered " + page.statusCode() + " and names no stream");
        }
        String filter = path.contains("tool=") ? "?tool=ping" : "";
        new OpenPage(path).follow(stream.group(1) + filter);
    }

    /** One of them. */
    private final class OpenPage implements Flow.Subscriber<String> {
        private final String path;
        private final AtomicBoolean due = new AtomicBoolean();
        private volatile long last;
        private volatile String name = "";

        OpenPage(String path) {
            this.path = path;
        }

        void follow(String stream) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server + stream))
                    .header("Accept", "text/event-stream")
                    .build();
            client.sendAsync(request, BodyHandlers.fromLineSubscriber(this))
                    .whenComplete((answer, failure) -> count(answer, failure, 200));
        }

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(String line) {
            if (line.startsWith("event: ")) {
                name = line.substring(7);
            } else if (line.startsWith("data: ") && !name.isEmpty()) {
                events.incrementAndGet();
                soon(name.equals("changed") ? Long.parseLong(line.substring(6)) : 0);
                name = "";
            }
        }

        /** Reads the page again, at most every two seconds; later, if the server has many pages to serve. */
        private void soon(long spread) {
            if (due.compareAndSet(false, true)) {
                long wait = spread == 0 ? 50 : spread + ThreadLocalRandom.current().nextLong(spread);
                long rest = last + REST_MILLIS - System.currentTimeMillis();
                timer.schedule(() -> read(spread), Math.max(wait, rest), TimeUnit.MILLISECONDS);
            }
        }

        private CompletableFuture<Void> read(long spread) {
            due.set(false);
            last = System.currentTimeMillis();
            reads.incrementAndGet();
            return client.sendAsync(
                            HttpRequest.newBuilder(URI.create(server + path))
                                    .headers("Accept", "text/html", "Accept-Encoding", "gzip")
                                    .header("Longhaul-Live", String.valueOf(spread))
                                    .build(),
                            BodyHandlers.ofByteArray())
                    .handle((answer, failure) -> {
                        count(answer, failure, 200);
                        return null;
                    });
        }

        @Override
        public void onError(Throwable failure) {
            failures.incrementAndGet();
        }

        @Override
        public void onComplete() {
            failures.incrementAndGet();
        }
    }
}
