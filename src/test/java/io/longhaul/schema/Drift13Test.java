package io.longhaul.schema;

import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Runs on PostgreSQL 13. */
class Drift13Test extends DriftTest {
    private static Server server;

    @BeforeAll
    static void start() throws Exception {
        server = new Server(13);
    }

    @AfterAll
    static void stop() throws Exception {
        server.close();
    }

    @Override
    DataSource source() {
        return server.source();
    }
}
