package io.longhaul.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.longhaul.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** etcd, three members of Patroni, one of them a synchronous standby, and haproxy in front of the primary. */
final class PatroniCluster {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String MEMBER = """
            scope: longhaul
            name: {name}
            restapi: {listen: "0.0.0.0:8008", connect_address: "10.213.8.1{number}:8008"}
            etcd3: {hosts: "10.213.8.10:2379"}
            bootstrap:
              dcs:
                ttl: {ttl}
                loop_wait: 2
                retry_timeout: 3
                maximum_lag_on_failover: 1048576
                # No commit is answered before a standby has it, not even when no standby is there.
                synchronous_mode: true
                synchronous_mode_strict: true
                postgresql:
                  use_pg_rewind: true
                  # A new primary would make its slots a second or two late, and commits wait for the standby.
                  use_slots: false
                  parameters:
                    max_connections: 100
                    max_wal_size: 96MB
                    min_wal_size: 32MB
                    wal_keep_size: 128MB
                    wal_retrieve_retry_interval: 500ms
              initdb: [{encoding: UTF8}, {locale: C.UTF-8}, data-checksums]
            postgresql:
              listen: "0.0.0.0:5432"
              connect_address: "10.213.8.1{number}:5432"
              pgpass: {folder}/pgpass
              data_dir: {folder}/data
              bin_dir: /usr/lib/postgresql/{version}/bin
              remove_data_directory_on_rewind_failure: true
              remove_data_directory_on_diverged_timelines: true
              authentication:
                superuser: {username: postgres, password: postgres}
                replication: {username: replicator, password: replicator}
              parameters: {unix_socket_directories: "{folder}"}
              pg_hba:
                - local all all trust
                - host all all 127.0.0.0/8 trust
                - host all all 10.213.0.0/16 trust
                - host replication all 10.213.8.0/24 trust
                - host replication all 127.0.0.0/8 trust
            """;

    private static final String HAPROXY = """
            global
              maxconn 1000
            defaults
              mode tcp
              timeout connect 2s
              timeout client 30m
              timeout server 30m
              timeout check 1s
            listen primary
              bind 127.0.0.1:%d
              option httpchk OPTIONS /primary
              http-check expect status 200
              default-server inter 500ms fastinter 250ms fall 2 rise 1 on-marked-down shutdown-sessions
            """;

    private final Path work;
    private final List<PatroniMember> members = new ArrayList<>();
    private final int port;

    /**
     * Starts it.
     *
     * @param work the folder that `.ci/failover` made
     * @param ttl of the leader's key, in seconds
     */
    PatroniCluster(Path work, int ttl) throws IOException {
        this.work = work;
        this.port = freePort();
        startEtcd();
        for (int number = 1; number <= 3; number++) {
            String configuration =
                    MEMBER.replace("{ttl}", Integer.toString(ttl)).replace("{version}", version());
            members.add(new PatroniMember(number, work, configuration));
        }
        // The first one makes the cluster, the others copy it.
        members.get(0).start();
        Await.until("there is a leader", PATIENCE, () -> leader().isPresent());
        members.get(1).start();
        members.get(2).start();
        awaitWhole();
        startHaproxy();
    }

    private static String version() throws IOException {
        return Programs.lines("ls", "/usr/lib/postgresql").stream()
                .max(String::compareTo)
                .orElseThrow();
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return probe.getLocalPort();
        }
    }

    private void startEtcd() throws IOException {
        String client = "http://10.213.8.10:2379";
        String peer = "http://10.213.8.10:2380";
        start(
                "etcd",
                List.of(
                        "ip",
                        "netns",
                        "exec",
                        "lhf-etcd",
                        "etcd",
                        "--name=etcd",
                        "--data-dir=" + work.resolve("etcd"),
                        "--listen-client-urls=" + client,
                        "--advertise-client-urls=" + client,
                        "--listen-peer-urls=" + peer,
                        "--initial-advertise-peer-urls=" + peer,
                        "--initial-cluster=etcd=" + peer));
    }

    private void startHaproxy() throws IOException {
        String servers = members.stream()
                .map(member ->
                        "  server " + member.name() + " " + member.address() + ":5432 maxconn 100 check port 8008\n")
                .collect(Collectors.joining());
        Path file = Files.writeString(work.resolve("haproxy.cfg"), HAPROXY.formatted(port) + servers);
        Process haproxy = start("haproxy", List.of("haproxy", "-db", "-f", file.toString()));
        Files.writeString(work.resolve("haproxy.pid"), Long.toString(haproxy.pid()));
    }

    private Process start(String name, List<String> words) throws IOException {
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(work.resolve(name + ".log").toFile())
                .start();
    }

    /** The address of all members, of which the driver chooses the primary. */
    String hosts() {
        return "jdbc:postgresql://"
                + members.stream().map(member -> member.address() + ":5432").collect(Collectors.joining(","))
                + "/postgres";
    }

    /** The address of haproxy. */
    String proxy() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    /** The member that is the primary and knows it; empty during a failover. */
    Optional<PatroniMember> leader() {
        return members.stream().filter(PatroniMember::isPrimary).findFirst();
    }

    /** The standby that has every commit. */
    PatroniMember synchronousStandby() {
        String name = Await.value(
                "there is a synchronous standby",
                PATIENCE,
                () -> leader().flatMap(leader -> known(leader).stream()
                        .filter(member -> role(member).equals("sync_standby"))
                        .map(member -> member.path("name").asText())
                        .findFirst()));
        return members.stream()
                .filter(member -> member.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Starts what was killed, joins what was cut, and waits until all three are there again. */
    void heal() throws IOException {
        for (PatroniMember member : members) {
            member.emptyDisk();
            member.join();
            member.revive();
        }
        try {
            awaitWhole();
        } catch (AssertionError notWhole) {
            // As an operator does with a standby that does not come back.
            System.out.println("  not whole: " + leader().map(PatroniCluster::known));
            PatroniMember leader = leader().orElseThrow();
            for (PatroniMember member : members) {
                if (member != leader && member.status("/replica").isEmpty()) {
                    member.killAll();
                }
                member.revive();
            }
            awaitWhole();
        }
    }

    private void awaitWhole() {
        Await.until(
                "all members are there",
                PATIENCE,
                () -> leader().map(this::isWhole).orElse(false));
    }

    private boolean isWhole(PatroniMember leader) {
        List<JsonNode> known = known(leader);
        return known.size() == 3
                && known.stream()
                                .map(member -> member.path("timeline").asText())
                                .distinct()
                                .count()
                        == 1
                && known.stream()
                        .allMatch(member -> member.path("state").asText().matches("running|streaming"))
                && known.stream()
                                .filter(member -> role(member).equals("sync_standby"))
                                .count()
                        == 1
                && members.stream().filter(PatroniMember::isPrimary).count() == 1
                && members.stream()
                                .filter(member -> member.status("/replica").isPresent())
                                .count()
                        == 2;
    }

    private static List<JsonNode> known(PatroniMember leader) {
        return leader.status("/cluster")
                .map(cluster -> StreamSupport.stream(cluster.path("members").spliterator(), false)
                        .toList())
                .orElse(List.of());
    }

    private static String role(JsonNode member) {
        return member.path("role").asText();
    }
}
