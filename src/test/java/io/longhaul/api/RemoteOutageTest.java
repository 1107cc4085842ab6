package io.longhaul.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.longhaul.events.JobEnds;
import io.longhaul.testing.Database;
import io.longhaul.testing.TestDatabase;
import io.longhaul.tools.ToolRegistry;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workers that could not send heartbeats because no node was running. */
class RemoteOutageTest {
    @RegisterExtension
    final TestDatabase database = TestDatabase.migrated();

    @Test
    void aNodeThatStartsAloneGivesWorkersTimeToReconnect() {
        lapsedWorker();
        try (RemoteSide node = side()) {
            assertThat(living()).containsExactly("t");
            assertThat(node.remote()).isNotNull();
        }
    }

    @Test
    void aNodeThatStartsBesideAnotherDoesNot() {
        lapsedWorker();
        run("INSERT INTO nodes (name, version, lease_until) VALUES ('other', '1', NOW() + INTERVAL '1 h')");
        try (RemoteSide node = side()) {
            assertThat(living()).isNotEqualTo(List.of("t"));
            assertThat(node.remote()).isNotNull();
        }
    }

    private RemoteSide side() {
        Jdbi jdbi = Jdbi.create(database.dataSource()).installPlugin(new SqlObjectPlugin());
        return new RemoteSide(database, database.dataSource(), ToolRegistry.of(List.of()), new JobEnds(jdbi));
    }

    private void lapsedWorker() {
        run("""
                WITH run AS (
                    INSERT INTO nodes (name, version, lease_until) VALUES ('far', '1', NOW() - INTERVAL '1 h') RETURNING id
                )
                INSERT INTO remote_workers (node_id, token_hash) SELECT id, '' FROM run
                """);
    }

    /** Tells whether the worker counts as alive; empty if it was removed. */
    private List<String> living() {
        return new Database(database.dataSource()).column("SELECT lease_until > NOW() FROM nodes WHERE name = 'far'");
    }

    private void run(String sql) {
        Jdbi.create(database.dataSource()).useHandle(handle -> handle.execute(sql));
    }
}
