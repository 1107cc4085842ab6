package io.longhaul.schema.commands;

import io.dropwizard.core.Configuration;
import io.dropwizard.db.DatabaseConfiguration;
import java.util.function.Function;

/**
 * A database that a configuration leads to.
 *
 * @param source finds it
 * @param withoutFile a sentence that names it, for commands to which no file was given
 * @param <T> the configuration
 */
public record NamedDatabase<T extends Configuration>(
        DatabaseConfiguration<T> source, Function<T, String> withoutFile) {}
