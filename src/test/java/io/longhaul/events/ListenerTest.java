package io.longhaul.events;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.jobs.JobSignals;
import io.longhaul.testing.Await;
import io.longhaul.testing.OwnSession;
import io.longhaul.testing.TestDatabase;
import io.longhaul.testing.Wire;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.postgresql.ds.PGSimpleDataSource;

class ListenerTest {
    @RegisterExtension
    static final TestDatabase DATABASE = TestDatabase.empty();

    private final Queue<UUID> heard = new ConcurrentLinkedQueue<>();

    /** As after a failover from a machine that lost its power: nothing comes back, and nothing says so. */
    @OwnSession
    @Test
    void aListenerWhoseServerVanishedListensToTheNextOne() throws Exception {
        URI address = URI.create(DATABASE.jdbcUrl().substring("jdbc:".length()));
        JobSignals signals = new JobSignals();
        signals.onCancelled(heard::addAll);
        try (Wire wire = new Wire(address.getHost(), address.getPort())) {
            Queue<String> servers = new ConcurrentLinkedQueue<>();
            servers.add(DATABASE.jdbcUrl().replaceFirst("//[^/]*/", "//" + Wire.HOST + ":" + wire.port() + "/"));
            Listener listener =
                    new Listener(() -> connect(servers.isEmpty() ? DATABASE.jdbcUrl() : servers.remove()), signals);
            listener.start();
            try {
                UUID first = UUID.randomUUID();
                Await.until("it hears", Await.LONG, () -> hears(first));

                wire.freeze();
                UUID second = UUID.randomUUID();
                Await.until("it hears again", Duration.ofSeconds(30), () -> hears(second));

                assertThat(listener.isListening()).isTrue();
            } finally {
                listener.stop();
            }
        }
    }

    @Test
    void aListenerListensAgainAfterMemoryRanOut() {
        AtomicInteger connections = new AtomicInteger();
        Listener listener = new Listener(
                () -> {
                    if (connections.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("a test");
                    }
                    return connect(DATABASE.jdbcUrl());
                },
                new JobSignals());
        listener.start();
        try {
            Await.until("it listens", Await.LONG, listener::isListening);
        } finally {
            listener.stop();
        }
    }

    @Test
    void aListenerListensAgainAfterMemoryRanOutTwice() {
        AtomicInteger connections = new AtomicInteger();
        AtomicInteger polls = new AtomicInteger();
        JobSignals signals = new JobSignals();
        signals.onEndedElsewhere(() -> {
            if (polls.getAndIncrement() == 0) {
                throw new OutOfMemoryError("a test");
            }
        });
        Listener listener = new Listener(
                () -> {
                    if (connections.getAndIncrement() == 0) {
                        throw new OutOfMemoryError("a test");
                    }
                    return connect(DATABASE.jdbcUrl());
                },
                signals);
        listener.start();
        try {
            Await.until("it listens", Await.LONG, listener::isListening);
        } finally {
            listener.stop();
        }
    }

    private boolean hears(UUID job) throws SQLException {
        try (Connection connection = DATABASE.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("NOTIFY " + Notifier.CANCEL + ", '" + job + "'");
        }
        return heard.contains(job);
    }

    private static Connection connect(String url) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(DATABASE.user());
        source.setPassword(DATABASE.password());
        return source.getConnection();
    }
}
