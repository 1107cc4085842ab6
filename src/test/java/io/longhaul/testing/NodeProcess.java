package io.longhaul.testing;

import io.longhaul.client.LonghaulClient;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A node: the packaged jar serving in a process of its own, on ports of 127.0.0.1 that the kernel chose. */
public final class NodeProcess implements AutoCloseable {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final JarProcess process;
    private LonghaulClient client;

    private NodeProcess(JarProcess process) {
        this.process = process;
    }

    /**
     * Starts a node on {@code config.yml}.
     *
     * @param name its name
     * @param environment variables, see {@link #database}
     * @return a node that may still be starting
     */
    public static NodeProcess start(String name, Map<String, String> environment) {
        return new NodeProcess(JarProcess.start(name, named(name, environment), "server", "config.yml"));
    }

    /**
     * Starts a node on a configuration of its own.
     *
     * @param name its name
     * @param environment variables, see {@link #database}
     * @param file the configuration
     * @return a node that may still be starting
     */
    public static NodeProcess start(String name, Map<String, String> environment, String file) {
        return new NodeProcess(JarProcess.start(name, named(name, environment), "server", file));
    }

    /**
     * Starts a node of another release.
     *
     * @param jar the release
     * @param name the node's name
     * @param environment variables, see {@link #database}
     * @return a node that may still be starting
     */
    public static NodeProcess start(Path jar, String name, Map<String, String> environment) {
        return new NodeProcess(JarProcess.start(jar, name, named(name, environment), "server", "config.yml"));
    }

    /**
     * Starts a node without a configuration file, on the PostgreSQL inside the jar.
     *
     * @param name its name
     * @param data where the data is kept
     * @param environment more variables
     * @return a node that may still be starting
     */
    public static NodeProcess startEmbedded(String name, Path data, Map<String, String> environment) {
        Reaper.watchPostgres(data);
        Map<String, String> all = named(name, environment);
        all.put("LONGHAUL_DATA", data.toString());
        return new NodeProcess(JarProcess.start(name, all, "server"));
    }

    /** Starts a node with options of the virtual machine. */
    static NodeProcess start(List<String> options, String name, Map<String, String> environment) {
        return new NodeProcess(JarProcess.start(options, name, named(name, environment), "server", "config.yml"));
    }

    private static Map<String, String> named(String name, Map<String, String> environment) {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("LONGHAUL_NODE", name);
        // The kernel's choice, read from the log: a port chosen here could be taken before the node has it.
        all.put("LONGHAUL_PORT", "0");
        all.put("LONGHAUL_ADMIN_PORT", "0");
        all.putAll(environment);
        return all;
    }

    /**
     * The variables that point to a database.
     *
     * @param url of the database, without user and password
     * @param user its role
     * @param password null where none is needed
     * @return to be changed at will
     */
    public static Map<String, String> database(String url, String user, String password) {
        Map<String, String> environment = new LinkedHashMap<>();
        environment.put("DATABASE_URL", url);
        environment.put("DATABASE_USER", user);
        environment.put("DATABASE_PASSWORD", password == null ? "" : password);
        return environment;
    }

    /**
     * The same for a test's database.
     *
     * @param database of the test
     * @return to be changed at will
     */
    public static Map<String, String> database(TestDatabase database) {
        return database(database.jdbcUrl(), database.user(), database.password());
    }

    /**
     * The process.
     *
     * @return to be signalled and read
     */
    public JarProcess process() {
        return process;
    }

    /**
     * Waits until the node answers, ready or not.
     *
     * @return this
     */
    public NodeProcess awaitAlive() {
        Await.until("the node answers", Await.LONG, () -> {
            if (!process.isAlive()) {
                return true;
            }
            return get("/healthz").status() == 200;
        });
        if (!process.isAlive()) {
            throw new AssertionError("the node did not start: " + process.out() + process.err());
        }
        return this;
    }

    /**
     * Waits until the node is ready.
     *
     * @return this
     */
    public NodeProcess awaitReady() {
        awaitAlive();
        Await.until("the node is ready", Await.LONG, () -> get("/readyz").status() == 200);
        return this;
    }

    /**
     * GET on the API port.
     *
     * @param path such as {@code /readyz}
     * @return any status
     */
    public Answer get(String path) throws IOException {
        return send(request("API", path).GET());
    }

    /**
     * GET on the admin port.
     *
     * @param path such as {@code /healthcheck}
     * @return any status
     */
    public Answer admin(String path) throws IOException {
        return send(request("Admin", path).GET());
    }

    /**
     * Submits a job.
     *
     * @param tool its tool
     * @param params a JSON object
     * @return any status
     */
    public Answer submit(String tool, String params) throws IOException {
        String body = "{\"tool\": \"" + tool + "\", \"params\": " + params + "}";
        return send(request("API", "/v1/jobs")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /**
     * Submits a job that may be submitted again under the same key. Waits five seconds for the answer.
     *
     * @param tool its tool
     * @param params a JSON object
     * @param key its idempotency key
     * @return any status
     */
    public Answer submit(String tool, String params, String key) throws IOException {
        String body = "{\"tool\": \"" + tool + "\", \"params\": " + params + "}";
        return send(request("API", "/v1/jobs")
                .timeout(Duration.ofSeconds(5))
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", "\"" + key + "\"")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /**
     * Submits a job that must be accepted.
     *
     * @param tool its tool
     * @param params a JSON object
     * @return its id
     */
    public String accepted(String tool, String params) throws IOException {
        Answer answer = submit(tool, params);
        if (answer.status() != 201) {
            throw new AssertionError("not accepted: " + answer);
        }
        return answer.field("job_id");
    }

    /**
     * Submits a job that is accepted once however often it is sent.
     *
     * @param key its idempotency key
     * @param tool its tool
     * @param params a JSON object
     * @return any status
     */
    public Answer submitOnce(String key, String tool, String params) throws IOException {
        String body = "{\"tool\": \"" + tool + "\", \"params\": " + params + "}";
        return send(request("API", "/v1/jobs")
                .header("Content-Type", "application/json")
                .header("Idempotency-Key", key)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /**
     * A job as this node shows it.
     *
     * @param id its id
     * @return any status
     */
    public Answer job(String id) throws IOException {
        return get("/v1/jobs/" + id);
    }

    /**
     * A job as this node shows it, at its end if that comes soon. Waits five seconds for the answer.
     *
     * @param id its id
     * @param wait seconds in which the job may end; 0 to look at once
     * @return any status
     */
    public Answer look(String id, int wait) throws IOException {
        return send(request("API", "/v1/jobs/" + id)
                .timeout(Duration.ofSeconds(5))
                .header("Prefer", "wait=" + wait)
                .GET());
    }

    /**
     * Waits until a job stands somewhere.
     *
     * @param id its id
     * @param status such as {@code completed}
     * @return the job
     */
    public Answer awaitJob(String id, String status) {
        return Await.value(
                "job " + id + " is " + status,
                Await.LONG,
                () -> Optional.of(job(id))
                        .filter(answer -> answer.field("status").equals(status)));
    }

    /**
     * Cancels a job.
     *
     * @param id its id
     * @return any status
     */
    public Answer cancel(String id) throws IOException {
        return send(request("API", "/v1/jobs/" + id).DELETE());
    }

    /**
     * Posts JSON to its API.
     *
     * @param path of the resource
     * @param body JSON
     * @param headers names and values in turns
     * @return any status
     */
    public Answer post(String path, String body, String... headers) throws IOException {
        HttpRequest.Builder request = request("API", path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    /**
     * Runs a task of its admin port.
     *
     * @param task its name
     * @return any status
     */
    public Answer task(String task) throws IOException {
        return send(request("Admin", "/tasks/" + task).POST(HttpRequest.BodyPublishers.noBody()));
    }

    /**
     * Where its API is.
     *
     * @return such as {@code http://127.0.0.1:8080}
     */
    public String address() throws IOException {
        return address("API");
    }

    /**
     * A client of its API, which sends a request again while the node is away or busy.
     *
     * @return closed with the node
     */
    public synchronized LonghaulClient client() throws IOException {
        if (client == null) {
            client = LonghaulClient.of(address());
        }
        return client;
    }

    /** In a log of JSON, line breaks are escaped. */
    private String address(String server) throws IOException {
        Matcher address =
                Pattern.compile(" " + server + " +(http://[^\\s\\\\]+)").matcher(process.out());
        if (!address.find()) {
            throw new IOException("the node has not said yet where it listens");
        }
        return address.group(1);
    }

    private HttpRequest.Builder request(String server, String path) throws IOException {
        return HttpRequest.newBuilder(URI.create(address(server) + path)).timeout(Duration.ofSeconds(30));
    }

    private static Answer send(HttpRequest.Builder request) throws IOException {
        try {
            return Answer.of(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (client != null) {
            client.close();
        }
        process.close();
    }
}
