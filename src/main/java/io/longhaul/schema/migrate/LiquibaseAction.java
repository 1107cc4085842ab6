package io.longhaul.schema.migrate;

import liquibase.Liquibase;

/** Something to do with a Liquibase that is ready to use. */
@FunctionalInterface
public interface LiquibaseAction {
    void run(Liquibase liquibase) throws Exception;
}
