package io.longhaul.server;

import io.longhaul.config.ServiceConfiguration;
import io.longhaul.database.SessionDataSource;
import io.longhaul.database.embedded.EmbeddedPostgres;
import io.longhaul.ops.SecretsFilter;
import io.longhaul.schema.migrate.Migrator;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The PostgreSQL inside the jar, for a node that was given no other. */
final class EmbeddedDatabase {
    private static final Logger LOG = LoggerFactory.getLogger("longhaul");

    private EmbeddedDatabase() {}

    /** Starts it, brings it to this jar's schema and lets the configuration name it. */
    static EmbeddedPostgres start(ServiceConfiguration configuration) throws Exception {
        EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(configuration.dataFolder()));
        configuration.database().connectTo(postgres.jdbcUrl(), postgres.user(), postgres.password());
        SecretsFilter.hide(postgres.password());
        // Nobody else uses this database, so nobody else has to be asked before it is migrated.
        DataSource source = new SessionDataSource(postgres.jdbcUrl(), postgres.user(), postgres.password());
        new Migrator(source, line -> LOG.info("{}", line)).migrate();
        return postgres;
    }
}
