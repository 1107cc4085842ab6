/** Changing a schema: one session, one lock, Liquibase within. */
package io.longhaul.schema.migrate;
