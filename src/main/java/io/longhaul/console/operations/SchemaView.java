package io.longhaul.console.operations;

import io.longhaul.console.jobs.Commands;
import io.longhaul.schema.watch.SchemaState;
import java.time.Instant;

/**
 * The state of the schema.
 *
 * @param state the latest verdict
 * @param migration the session that migrates now, in words; empty for none, null if the database did not say
 * @param repairs the command that prints all repairs
 * @param commands the same by other means
 * @param now the time of this page
 */
public record SchemaView(SchemaState state, String migration, String repairs, Commands commands, Instant now) {}
