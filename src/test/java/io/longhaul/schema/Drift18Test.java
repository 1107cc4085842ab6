package io.longhaul.schema;

import io.longhaul.testing.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Runs on the shipped PostgreSQL, or the one that the tests were given. */
class Drift18Test extends DriftTest {
    @RegisterExtension
    static final TestDatabase database = TestDatabase.migrated();

    @Override
    DataSource source() {
        return database.dataSource();
    }
}
