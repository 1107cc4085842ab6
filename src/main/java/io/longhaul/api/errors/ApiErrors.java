package io.longhaul.api.errors;

import io.dropwizard.core.server.AbstractServerFactory;
import io.dropwizard.core.setup.Environment;
import io.longhaul.api.description.KnownMethods;
import io.longhaul.api.description.QueryGate;
import io.longhaul.api.http.AcceptGate;
import io.longhaul.api.http.TraceFilter;
import io.longhaul.ops.Readiness;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterRegistration;
import java.util.EnumSet;
import org.glassfish.jersey.server.ServerProperties;

/** Gives all errors of the server one shape, and all requests a trace. */
public final class ApiErrors {
    private ApiErrors() {}

    /**
     * Installs the shape and the trace. To be called once, from {@code Application.run}.
     *
     * @param server the configured server; its own shapes are switched off
     * @param environment where to install
     * @param readiness asked before each request to {@code /v1} whether the schema is right
     * @param suspectSchema called when a statement failed in a way that points at the schema; must not block
     * @return the shape, for what answers beside Jersey
     */
    public static Problems install(
            AbstractServerFactory server, Environment environment, Readiness readiness, Runnable suspectSchema) {
        server.setRegisterDefaultExceptionMappers(false);
        DatabaseErrors databaseErrors = new DatabaseErrors(readiness, suspectSchema);
        Problems made = new Problems(databaseErrors);
        environment.jersey().register(new ProblemMapper(made));
        environment.jersey().register(new WrittenAnswers(environment.getObjectMapper()));
        environment.jersey().register(new SchemaGate(readiness));
        environment.jersey().register(new QueryGate());
        environment.jersey().register(new AcceptGate());
        // Relative: behind a proxy the server does not know by which address it is seen.
        environment.jersey().property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
        FilterRegistration.Dynamic trace = environment.servlets().addFilter("trace", new TraceFilter());
        trace.setAsyncSupported(true);
        trace.addMappingForUrlPatterns(EnumSet.of(DispatcherType.REQUEST), false, "/*");
        JettyProblems problems = new JettyProblems(environment.getObjectMapper(), KnownMethods::of);
        environment.getApplicationContext().setErrorHandler(problems);
        environment.lifecycle().addServerLifecycleListener(started -> started.setErrorHandler(problems));
        environment.lifecycle().addServerLifecycleListener(HttpRules::install);
        return made;
    }
}
