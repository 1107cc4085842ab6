package io.longhaul.cli;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.ConfigurationFactory;
import io.dropwizard.configuration.ConfigurationFactoryFactory;
import io.dropwizard.configuration.ConfigurationSourceProvider;
import io.dropwizard.configuration.ResourceConfigurationSourceProvider;
import io.dropwizard.configuration.SubstitutingSourceProvider;
import io.dropwizard.configuration.YamlConfigurationFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.config.ServiceConfiguration;
import io.longhaul.environment.Variables;
import io.longhaul.environment.YamlVariables;
import io.longhaul.schema.Cures;
import jakarta.validation.Validator;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.apache.commons.text.StringSubstitutor;

/**
 * Reads the configuration: from the named file, or without one from the {@code config.yml} inside the jar with the
 * embedded PostgreSQL as its database. Both take values from the environment.
 */
public final class ConfigurationFiles implements ConfigurationFactoryFactory<ServiceConfiguration> {
    private final UnaryOperator<String> environment;
    private volatile Callable<ServiceConfiguration> again;
    private volatile String named;

    /** Variables that had a value when they were asked for. */
    private final Set<String> used = ConcurrentHashMap.newKeySet();

    /** One that counts as not set, to see whether the configuration is right without it. */
    private volatile String unset;

    /** @param environment gives a variable's value by its name, or null */
    public ConfigurationFiles(UnaryOperator<String> environment) {
        this.environment = environment;
    }

    /** Reads the configuration of a command: the named file, or the one inside the jar if the name is null. */
    @SuppressWarnings("unchecked")
    static ServiceConfiguration read(Bootstrap<?> bootstrap, String file) throws IOException, ConfigurationException {
        Bootstrap<ServiceConfiguration> ours = (Bootstrap<ServiceConfiguration>) bootstrap;
        ConfigurationFactory<ServiceConfiguration> factory = ours.getConfigurationFactoryFactory()
                .create(
                        ServiceConfiguration.class,
                        ours.getValidatorFactory().getValidator(),
                        ours.getObjectMapper(),
                        "dw");
        return file == null ? factory.build() : factory.build(ours.getConfigurationSourceProvider(), file);
    }

    /** Replaces <code>${NAME:-value}</code> in files, for the bootstrap's source provider. */
    public StringSubstitutor substitutor() {
        return substitutor(this::value);
    }

    /** A default may name another variable. */
    private static StringSubstitutor substitutor(UnaryOperator<String> values) {
        return new YamlVariables(values).setEnableSubstitutionInVariables(true);
    }

    /**
     * Reads the last configuration again: its files may have changed.
     *
     * @throws Exception if they cannot be read or are wrong
     */
    public ServiceConfiguration readAgain() throws Exception {
        return again.call();
    }

    /** False if the last configuration was the one inside the jar. */
    public boolean isNamed() {
        return named != null;
    }

    /** The cures for messages, with the file of the last configuration, or with none if it was the one inside the jar. */
    public Cures cures() {
        return new Cures(named == null ? "" : named);
    }

    // An empty variable counts as not set: people switch variables off that way.
    private String value(String name) {
        String value = environment.apply(name);
        if (value == null || value.isBlank() || name.equals(unset)) {
            return null;
        }
        used.add(name);
        return value;
    }

    @Override
    public ConfigurationFactory<ServiceConfiguration> create(
            Class<ServiceConfiguration> type, Validator validator, ObjectMapper mapper, String prefix) {
        // A mistyped setting would count as not set: a server with auth.mod: keys would be open.
        ObjectMapper strict = mapper.copy()
                .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                // Half a job at a time is nobody's wish.
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);
        return new YamlConfigurationFactory<>(type, validator, strict, prefix) {
            /** If a section is given twice, only the last one would count. */
            @Override
            protected JsonParser createParser(InputStream text) throws IOException {
                return super.createParser(text).enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
            }

            @Override
            public ServiceConfiguration build(ConfigurationSourceProvider provider, String path)
                    throws IOException, ConfigurationException {
                again = () -> super.build(provider, path);
                named = path;
                used.clear();
                try {
                    return super.build(provider, path);
                } catch (ConfigurationException e) {
                    throw explained(e, provider, path);
                } catch (Variables.NoTextException e) {
                    throw new VariableFault(path, e);
                }
            }

            /**
             * Names the variable without which the configuration would be right, or the only one without which it would be
             * wrong in another way.
             */
            private ConfigurationException explained(
                    ConfigurationException wrong, ConfigurationSourceProvider provider, String path)
                    throws IOException {
                List<String> suspects = new ArrayList<>();
                for (String name : Set.copyOf(used)) {
                    try {
                        unset = name;
                        super.build(provider, path);
                        return fault(path, name, wrong);
                    } catch (ConfigurationException other) {
                        if (!wrong.getMessage().equals(other.getMessage())) {
                            suspects.add(name);
                        }
                    } finally {
                        unset = null;
                    }
                }
                return suspects.size() == 1 ? fault(path, suspects.get(0), wrong) : SettingFault.of(path, wrong);
            }

            @Override
            public ServiceConfiguration build() throws IOException, ConfigurationException {
                StringSubstitutor embedded = substitutor(ConfigurationFiles.this::valueWithoutFile);
                ServiceConfiguration inside = build(
                        new SubstitutingSourceProvider(new ResourceConfigurationSourceProvider(), embedded),
                        "config.yml");
                named = null;
                return inside;
            }
        };
    }

    private VariableFault fault(String path, String name, ConfigurationException wrong) {
        return new VariableFault(path, name, environment.apply(name), SettingFault.of(path, wrong));
    }

    private String valueWithoutFile(String name) {
        String value = value(name);
        return value == null && name.equals("DATABASE_URL") ? "embedded" : value;
    }
}
