package io.longhaul.schema;

import io.longhaul.testing.OlderPostgres;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.postgresql.ds.PGSimpleDataSource;

/** Runs on PostgreSQL 13, which has neither column lists nor row filters. */
class Publication13Test extends PublicationTest {
    private static OlderPostgres postgres;

    @BeforeAll
    static void start() throws Exception {
        postgres = OlderPostgres.start(13);
    }

    @AfterAll
    static void stop() throws Exception {
        postgres.close();
    }

    @Override
    PGSimpleDataSource newDatabase() throws Exception {
        return (PGSimpleDataSource) postgres.database();
    }
}
