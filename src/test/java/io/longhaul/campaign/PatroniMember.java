package io.longhaul.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A member of a Patroni cluster: Patroni and its PostgreSQL, in a network namespace of their own that `.ci/failover` made. */
final class PatroniMember {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
    private static final ObjectMapper JSON = new ObjectMapper();

    private final int number;
    private final Path folder;
    private final Path configuration;
    private final Path log;
    private Process patroni;
    private DiskFiller filler;

    /**
     * A member.
     *
     * @param number 1, 2 or 3
     * @param work the folder of `.ci/failover`
     */
    PatroniMember(int number, Path work, String configuration) throws IOException {
        this.number = number;
        this.folder = work.resolve(Integer.toString(number));
        this.log = work.resolve("patroni-" + number + ".log");
        this.configuration = Files.writeString(
                work.resolve("patroni-" + number + ".yml"),
                configuration
                        .replace("{number}", Integer.toString(number))
                        .replace("{name}", name())
                        .replace("{folder}", folder.toString()));
    }

    String name() {
        return "member" + number;
    }

    /** The address for clients and for the checks of haproxy. */
    String address() {
        return "10.213.7.1" + number;
    }

    void start() throws IOException {
        List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace()));
        words.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"));
        words.addAll(List.of("patroni", configuration.toString()));
        patroni = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }

    /** Starts Patroni if it does not run. */
    void revive() throws IOException {
        if (patroni == null || !patroni.isAlive()) {
            start();
        }
    }

    /** Kills Patroni, PostgreSQL and all its sessions at one moment. */
    void killAll() throws IOException {
        for (String pid : Programs.lines("ip", "netns", "pids", namespace())) {
            ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Kills the first process of PostgreSQL; all others end when they notice. */
    void killPostgres() throws IOException {
        List<String> lines = Files.readAllLines(folder.resolve("data/postmaster.pid"));
        ProcessHandle.of(Long.parseLong(lines.get(0).strip())).orElseThrow().destroyForcibly();
    }

    /** Takes the member off the network of the members and etcd; clients still reach it. Frames are lost without a word. */
    void cutFromMembers() throws IOException {
        Programs.run("ip", "link", "set", "lhf-inner-" + number, "nomaster");
    }

    /** Takes the member off all networks, as if its machine had lost its power. */
    void cutFromAll() throws IOException {
        cutFromMembers();
        Programs.run("ip", "link", "set", "lhf-outer-" + number, "nomaster");
    }

    void join() throws IOException {
        Programs.run("ip", "link", "set", "lhf-inner-" + number, "master", "lhf-inner");
        Programs.run("ip", "link", "set", "lhf-outer-" + number, "master", "lhf-outer");
    }

    /** Leaves no byte on its file system. */
    void fillDisk() {
        filler = DiskFiller.fill(folder);
    }

    void emptyDisk() throws IOException {
        if (filler != null) {
            filler.close();
        }
    }

    boolean isPrimary() {
        return status("/primary").isPresent();
    }

    /** Asks the leader to hand over to its synchronous standby. Returns when Patroni says that it is done. */
    void switchTo(PatroniMember candidate) throws IOException {
        String body = "{\"leader\": \"" + name() + "\", \"candidate\": \"" + candidate.name() + "\"}";
        HttpRequest request = request("/switchover")
                .timeout(Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        HttpResponse<String> answer = send(request);
        if (answer.statusCode() != 200) {
            throw new IOException("No switchover: " + answer.statusCode() + " " + answer.body());
        }
    }

    /** Reads a resource of Patroni; empty unless it answers 200. */
    Optional<JsonNode> status(String path) {
        try {
            HttpResponse<String> answer =
                    send(request(path).timeout(Duration.ofSeconds(2)).build());
            return answer.statusCode() == 200 ? Optional.of(JSON.readTree(answer.body())) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + address() + ":8008" + path));
    }

    private static HttpResponse<String> send(HttpRequest request) throws IOException {
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private String namespace() {
        return "lhf-" + number;
    }
}
