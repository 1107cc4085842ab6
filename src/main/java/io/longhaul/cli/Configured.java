package io.longhaul.cli;

import io.dropwizard.configuration.ConfigurationException;
import io.dropwizard.configuration.ConfigurationFactory;
import io.dropwizard.core.setup.Bootstrap;
import io.longhaul.config.ServiceConfiguration;
import java.io.IOException;

/** Reads the configuration for a command. */
final class Configured {
    private Configured() {}

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
}
