package io.longhaul.schema;

import liquibase.Liquibase;

/** Something to do with a Liquibase that is ready to use. */
@FunctionalInterface
interface LiquibaseAction {
    void run(Liquibase liquibase) throws Exception;
}
