package io.longhaul.bench;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * The floor of comparison: plain SQL on the same server with the same columns and five indexes, without anything else
 * that a job service does: no HTTP, no checks, no leases, no order.
 */
final class RawSql {
    private static final String INSERT =
            "INSERT INTO raw_jobs (tool_name, trace_id, parameters, expires_at) VALUES ('echo', ?, ?::jsonb, NOW() + INTERVAL '1 day')";

    private static final String CLAIM = """
            UPDATE raw_jobs
            SET status = 'running', started_at = NOW()
            WHERE id = ANY (ARRAY(SELECT id FROM raw_jobs WHERE status = 'pending' LIMIT ? FOR UPDATE SKIP LOCKED))
            RETURNING id, parameters::text
            """;

    private static final String COMPLETE = """
            UPDATE raw_jobs j
            SET status = 'completed', result = d.result::jsonb, completed_at = NOW()
            FROM unnest(?::uuid[], ?::text[]) AS d (id, result)
            WHERE j.id = d.id AND j.status = 'running'
            """;

    private final Target target;

    RawSql(Target target) {
        this.target = target;
    }

    /** Inserts and commits one row after the other on each connection. */
    ConcurrentClients.Throughput submit(int connections, Duration time) throws Exception {
        return ConcurrentClients.count(connections, time, () -> {
            Connection connection = target.connect();
            PreparedStatement insert = connection.prepareStatement(INSERT);
            ConcurrentClients.Step step = () -> {
                insert.setString(1, UUID.randomUUID().toString());
                insert.setString(2, Payload.PARAMS);
                return insert.executeUpdate();
            };
            return new ConcurrentClients.Client(step, connection::close);
        });
    }

    /** Inserts and commits batches, one multi-row statement each. */
    ConcurrentClients.Throughput submitBatches(int connections, int size, Duration time) throws Exception {
        return ConcurrentClients.count(connections, time, () -> {
            Connection connection = target.connect();
            PreparedStatement insert = connection.prepareStatement("""
                    INSERT INTO raw_jobs (tool_name, trace_id, parameters, expires_at)
                    SELECT 'echo', d.trace, d.params::jsonb, NOW() + INTERVAL '1 day'
                    FROM unnest(?::text[], ?::text[]) AS d (trace, params)
                    """);
            ConcurrentClients.Step step = () -> {
                String[] traces = new String[size];
                String[] params = new String[size];
                for (int i = 0; i < size; i++) {
                    traces[i] = UUID.randomUUID().toString();
                    params[i] = Payload.PARAMS;
                }
                insert.setArray(1, connection.createArrayOf("text", traces));
                insert.setArray(2, connection.createArrayOf("text", params));
                return insert.executeUpdate();
            };
            return new ConcurrentClients.Client(step, connection::close);
        });
    }

    /** Claims and completes all rows in batches: three writes a job, no order, results kept. */
    ConcurrentClients.Throughput drain(int jobs, int connections, int batch) throws Exception {
        BenchSchema.execute(
                target,
                "INSERT INTO raw_jobs (tool_name, trace_id, parameters, expires_at) SELECT 'echo', gen_random_uuid()::text, '"
                        + Payload.PARAMS + "'::jsonb, NOW() + INTERVAL '1 day' FROM generate_series(1, " + jobs + ")",
                "VACUUM (ANALYZE) raw_jobs",
                "CHECKPOINT");
        return ConcurrentClients.exhaust(connections, () -> {
            Connection connection = target.connect();
            try (Statement settings = connection.createStatement()) {
                // Otherwise the planner reads the whole table for each claim.
                settings.execute("SET enable_seqscan = off; SET enable_bitmapscan = off");
            }
            return new ConcurrentClients.Client(new Drainer(connection, batch), connection::close);
        });
    }

    private static final class Drainer implements ConcurrentClients.Step {
        private final Connection connection;
        private final PreparedStatement claim;
        private final PreparedStatement complete;

        Drainer(Connection connection, int batch) throws SQLException {
            this.connection = connection;
            this.claim = connection.prepareStatement(CLAIM);
            this.claim.setInt(1, batch);
            this.complete = connection.prepareStatement(COMPLETE);
        }

        @Override
        public int run() throws SQLException {
            List<UUID> ids = new ArrayList<>();
            List<String> results = new ArrayList<>();
            try (ResultSet rows = claim.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getObject(1, UUID.class));
                    results.add(rows.getString(2));
                }
            }
            if (ids.isEmpty()) {
                return 0;
            }
            Array idArray = connection.createArrayOf("uuid", ids.toArray());
            complete.setArray(1, idArray);
            complete.setArray(2, connection.createArrayOf("text", results.toArray()));
            return complete.executeUpdate();
        }
    }
}
